#include "server/search/chars.h"

#include <algorithm>
#include <array>
#include <iterator>

namespace starling::search {
namespace {

struct Range {
  char32_t first;
  char32_t last;
};

template <std::size_t N>
bool in(const std::array<Range, N>& ranges, char32_t c) {
  const auto at = std::upper_bound(ranges.begin(), ranges.end(), c, [](char32_t v, Range r) { return v < r.first; });
  return at != ranges.begin() && c <= std::prev(at)->last;
}

constexpr std::array<Range, 15> kCjk{{{0x1100, 0x11FF},
                                      {0x2E80, 0x2FDF},
                                      {0x3005, 0x3007},
                                      {0x3021, 0x3029},
                                      {0x3031, 0x3035},
                                      {0x3041, 0x309F},
                                      {0x30A1, 0x30FA},
                                      {0x30FC, 0x312F},
                                      {0x3130, 0x318F},
                                      {0x31A0, 0x31BF},
                                      {0x31F0, 0x31FF},
                                      {0x3400, 0x9FFF},
                                      {0xA960, 0xD7FF},
                                      {0xF900, 0xFAFF},
                                      {0x20000, 0x3FFFF}}};

constexpr std::array<Range, 4> kSymbols{{{0x2300, 0x23FF}, {0x2600, 0x27BF}, {0x2B00, 0x2BFF}, {0x1F000, 0x1FAFF}}};

/// Punctuation and signs outside ASCII, as far as the folding leaves them.
constexpr std::array<Range, 24> kPunctuation{
    {{0x80, 0xA9},   {0xAB, 0xB4},     {0xB6, 0xB9},     {0xBB, 0xBF},     {0xD7, 0xD7},     {0xF7, 0xF7},
     {0x37E, 0x37E}, {0x387, 0x387},   {0x55A, 0x55F},   {0x589, 0x58A},   {0x5BE, 0x5BE},   {0x5C0, 0x5C6},
     {0x5F3, 0x5F4}, {0x600, 0x60F},   {0x61B, 0x61F},   {0x66A, 0x66D},   {0x6D4, 0x6D4},   {0x964, 0x965},
     {0xE4F, 0xE5B}, {0x2000, 0x2BFF}, {0x3000, 0x3030}, {0x30FB, 0x30FB}, {0xFD3E, 0xFD3F}, {0xFE10, 0xFE6F}}};

}  // namespace

CharClass class_of(char32_t c) {
  if (c <= 0x20 || c == 0x7F) return CharClass::Space;
  if (c < 0x1100) return CharClass::Script;
  if (c > 0x10FFFF) return CharClass::Space;
  if (in(kCjk, c)) return CharClass::Cjk;
  return in(kSymbols, c) ? CharClass::Symbol : CharClass::Script;
}

bool is_word(char32_t c) {
  if (c < 0x80) return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z');
  return class_of(c) == CharClass::Script && !in(kPunctuation, c);
}

Decoded decode(std::string_view text, std::size_t at) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const char32_t first = byte(at);
  if (first < 0x80) return {first, 1};
  const std::size_t size = first < 0xC2 ? 0 : first < 0xE0 ? 2 : first < 0xF0 ? 3 : first < 0xF5 ? 4 : 0;
  if (size == 0 || text.size() - at < size) return {};
  char32_t c = first & (0xFFu >> (size + 1));
  for (std::size_t i = 1; i < size; ++i) {
    const char32_t next = byte(at + i);
    if ((next & 0xC0) != 0x80) return {};
    c = c << 6 | (next & 0x3F);
  }
  const bool overlong = (size == 3 && c < 0x800) || (size == 4 && c < 0x10000);
  if (overlong || c > 0x10FFFF || (c >= 0xD800 && c <= 0xDFFF)) return {};
  return {c, size};
}

void append_utf8(std::string& text, char32_t c) {
  const auto put = [&text](char32_t byte) { text.push_back(static_cast<char>(byte)); };
  if (c < 0x80) return put(c);
  if (c < 0x800) {
    put(0xC0 | c >> 6);
  } else {
    if (c < 0x10000) {
      put(0xE0 | c >> 12);
    } else {
      put(0xF0 | c >> 18);
      put(0x80 | (c >> 12 & 0x3F));
    }
    put(0x80 | (c >> 6 & 0x3F));
  }
  put(0x80 | (c & 0x3F));
}

std::u32string decode_all(std::string_view text) {
  std::u32string chars;
  chars.reserve(text.size());
  for (std::size_t at = 0; at < text.size();) {
    const Decoded next = decode(text, at);
    chars.push_back(next.c);
    at += next.bytes;
  }
  return chars;
}

}  // namespace starling::search
