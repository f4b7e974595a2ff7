// One form for all that a searcher means alike: lower case, no diacritics, compatibility forms as their plain letters.
//
// Folded: case (full case folding: ß is ss); marks of Latin, Greek, Arabic and Hebrew, ё as е; compatibility forms
// (fullwidth and halfwidth, ligatures, superscripts, presentation forms, circled and mathematical letters); ø đ ħ ł ŧ ı æ œ
// as their base letters; skin tones, variation selectors, joiners and bidi marks go; decomposed Hangul and kana are
// composed. Whitespace, control characters and bytes that are no UTF-8 become one space, none at the ends.
// Kept: й ї ў, marks of Indic and Thai script, hiragana beside katakana, traditional beside simplified Han.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace starling::search {

/// UTF-8, as the index keeps and compares it.
std::string fold(std::string_view text);

/// Where a folded character comes from, in UTF-16 code units of the text: what folding drops belongs to what precedes it.
struct Origin {
  std::uint32_t begin = 0;
  std::uint32_t end = 0;
};
struct Folded {
  std::u32string chars;
  std::vector<Origin> origins;  // one a character
};
Folded fold_with_origins(std::string_view text);

}  // namespace starling::search
