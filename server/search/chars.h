// Characters as the index sees them, and UTF-8.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace starling::search {

enum class CharClass : std::uint8_t {
  Space,   // whitespace, control characters, what is not UTF-8
  Script,  // letters, digits and punctuation of scripts that are searched by three characters
  Cjk,     // Han, kana, Bopomofo, Hangul: searched by two
  Symbol,  // emoji and pictures: each stands for itself
};
CharClass class_of(char32_t c);
/// A letter or a digit: a word begins at one that has none before it.
bool is_word(char32_t c);

inline constexpr char32_t kNotUtf8 = 0xFFFFFFFF;
struct Decoded {
  char32_t c = kNotUtf8;
  std::size_t bytes = 1;
};
/// The character at `at`; a byte that begins none is kNotUtf8. `at` is below the size.
Decoded decode(std::string_view text, std::size_t at);
void append_utf8(std::string& text, char32_t c);
std::u32string decode_all(std::string_view text);

}  // namespace starling::search
