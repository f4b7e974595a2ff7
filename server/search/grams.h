// What a folded text is indexed under. Tokens are bytes:
//   three characters in a row of Script ("hel", "ell", "llo"; punctuation counts, a space ends the row)
//   a space and the first two characters of a word (" he"): words of two characters, and prefixes of longer ones
//   two characters in a row of Cjk, one of Symbol
//   the room and the sender, so that one of many is found without reading the others' messages
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

namespace starling::search {

/// A room by its number in the index, not by its id.
std::string room_mark(std::uint64_t number);
std::string sender_mark(std::uint64_t user);

using TokenSink = std::function<bool(std::string_view token)>;

/// Tokens of a folded text in its order, repeated ones too, until `sink` says false: then false.
bool each_gram(std::string_view folded, const TokenSink& sink);

/// A document as the index takes it: its marks, then its text.
std::string document_of(std::uint64_t room_number, std::uint64_t sender, std::string_view folded);
/// All tokens of such a document.
bool each_token(std::string_view document, const TokenSink& sink);

/// What a piece of a text, wherever it stands, is certainly indexed under. `begins_word`: it stands at the start of a word.
bool each_certain_gram(std::u32string_view piece, bool begins_word, const TokenSink& sink);

}  // namespace starling::search
