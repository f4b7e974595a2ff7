#include "server/search/grams.h"

#include <charconv>
#include <cstddef>
#include <vector>

#include "server/search/chars.h"

namespace starling::search {
namespace {

/// Folding leaves no control characters in a text.
constexpr char kMark = '\x01';

std::string mark(char what, std::uint64_t number) {
  std::string token{kMark, what};
  char digits[20];
  const auto end = std::to_chars(std::begin(digits), std::end(digits), number, 36);
  return token.append(std::begin(digits), end.ptr);
}

struct Piece {
  bool begins_word = true;
  bool certain_only = false;  // what stands before the piece is not known
};

bool walk(std::u32string_view chars, Piece piece, const TokenSink& sink) {
  std::vector<CharClass> classes;
  classes.reserve(chars.size());
  for (const char32_t c : chars) classes.push_back(class_of(c));
  std::string token;
  const auto is = [&](std::size_t at, CharClass wanted) { return at < classes.size() && classes[at] == wanted; };
  const auto tell = [&](std::size_t at, std::size_t count, bool with_space) {
    token.assign(with_space ? " " : "");
    for (std::size_t i = at; i < at + count; ++i) append_utf8(token, chars[i]);
    return sink(token);
  };
  for (std::size_t i = 0; i < chars.size(); ++i) {
    switch (classes[i]) {
      case CharClass::Space:
        break;
      case CharClass::Symbol:
        if (!tell(i, 1, false)) return false;
        break;
      case CharClass::Cjk:
        if (is(i + 1, CharClass::Cjk) && !tell(i, 2, false)) return false;
        break;
      case CharClass::Script: {
        if (!is(i + 1, CharClass::Script)) break;
        const bool at_start = i == 0 ? !piece.certain_only || piece.begins_word : !is_word(chars[i - 1]);
        if (at_start && is_word(chars[i]) && !tell(i, 2, true)) return false;
        if (is(i + 2, CharClass::Script) && !tell(i, 3, false)) return false;
        break;
      }
    }
  }
  return true;
}

}  // namespace

std::string room_mark(std::uint64_t number) { return mark('r', number); }
std::string sender_mark(std::uint64_t user) { return mark('s', user); }

bool each_gram(std::string_view folded, const TokenSink& sink) { return walk(decode_all(folded), {}, sink); }

bool each_certain_gram(std::u32string_view piece, bool begins_word, const TokenSink& sink) {
  return walk(piece, {.begins_word = begins_word, .certain_only = true}, sink);
}

std::string document_of(std::uint64_t room_number, std::uint64_t sender, std::string_view folded) {
  std::string document = room_mark(room_number) + sender_mark(sender);
  document += kMark;
  return document.append(folded);
}

bool each_token(std::string_view document, const TokenSink& sink) {
  while (document.starts_with(kMark)) {
    const std::size_t end = document.find(kMark, 1);
    if (end == std::string_view::npos) {
      document.remove_prefix(1);
      break;
    }
    if (!sink(document.substr(0, end))) return false;
    document.remove_prefix(end);
  }
  return each_gram(document, sink);
}

}  // namespace starling::search
