// What a user typed, as terms that a message must contain.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "common/base/result.h"

namespace starling::search {

enum class SearchError : std::uint8_t {
  Empty = 1,    // nothing to search for
  TooShort,     // no term that the index knows: at least three characters, two at a word's start, two of Chinese
  TooLong,      // limits::kQueryBytesMax, limits::kTermsMax
  StaleCursor,  // `before` is of an index that has been built anew: begin again
  Unavailable,  // the index is being made, or the disk failed: later
};
/// For who asked.
std::string_view text_of(SearchError error);

/// A substring of folded text. One of a character or two stands at a word's beginning, else every "a" would be found.
struct Term {
  std::u32string chars;
  std::string text;  // the same in UTF-8
  bool begins_word = false;
};

/// Quotes hold a phrase together, spaces separate terms; nothing else means anything.
Result<std::vector<Term>, SearchError> terms_of(std::string_view query);

/// The index's tokens that a message with all the terms has: not empty, at most limits::kTokensMax.
Result<std::vector<std::string>, SearchError> tokens_of(const std::vector<Term>& terms);

/// Whether a folded text contains them all.
bool matches(const std::vector<Term>& terms, std::string_view folded);

}  // namespace starling::search
