#include "server/search/fold.h"

#include <gtest/gtest.h>

#include "server/search/chars.h"
#include "server/search/fold_table.h"

namespace starling::search {
namespace {

TEST(Fold, CaseAndDiacriticsGo) {
  EXPECT_EQ(fold("Crème BRÛLÉE"), "creme brulee");
  EXPECT_EQ(fold("STRAẞE Straße"), "strasse strasse");
  EXPECT_EQ(fold("Łódź Ørsted Đà Nẵng İstanbul ısı"), "lodz orsted da nang istanbul isi");
  EXPECT_EQ(fold("ΌΔΥΣΣΕΎΣ"), fold("όδυσσευς"));
  EXPECT_EQ(fold("Ёлка"), "елка");
}

TEST(Fold, DecomposedTextIsAsComposedText) {
  EXPECT_EQ(fold("cafe\xCC\x81"), fold("café"));
  EXPECT_EQ(fold("И\xCC\x86од"), "йод");                // short i is a letter of its own
  EXPECT_EQ(fold("か\xE3\x82\x99"), "が");              // and so is a voiced kana
  EXPECT_EQ(fold("ᄒ\xE1\x85\xA1\xE1\x86\xAB"), "한");  // jamo make a syllable
}

TEST(Fold, LettersOfTheirOwnStay) {
  EXPECT_EQ(fold("Йод Їжак"), "йод їжак");
  EXPECT_NE(fold("が"), fold("か"));
  EXPECT_EQ(fold("हिन्दी"), "हिन्दी");
  EXPECT_EQ(fold("ไทย"), "ไทย");
}

TEST(Fold, CompatibilityFormsAreTheirPlainLetters) {
  EXPECT_EQ(fold("ＡＢＣ１２３"), "abc123");
  EXPECT_EQ(fold("ｶﾞｷﾞﾊﾟ"), "ガギパ");
  EXPECT_EQ(fold("ﬁne x² №"), "fine x2 no");
  EXPECT_EQ(fold("𝓗𝓮𝓵𝓵𝓸"), "hello");
}

TEST(Fold, ArabicVowelSignsAndTatweelGo) {
  EXPECT_EQ(fold("مُحَمَّد"), "محمد");
  EXPECT_EQ(fold("كتـــاب"), "كتاب");
  EXPECT_EQ(fold("أإآا"), "اااا");
}

TEST(Fold, EmojiLoseToneAndVariation) {
  EXPECT_EQ(fold("👍🏽"), "👍");
  EXPECT_EQ(fold("❤️"), "❤");
}

TEST(Fold, WhatIsNoTextIsOneSpace) {
  EXPECT_EQ(fold(" \t a \n\r b \xFF\xC0 c\xE2\x82"), "a b c");
  EXPECT_EQ(fold(std::string_view("a\0b", 3)), "a b");
  EXPECT_EQ(fold(""), "");
}

TEST(Fold, IsItsOwnFold) {
  for (char32_t c = 0x80; c < 0x20000; ++c) {
    if (c >= 0xD800 && c <= 0xDFFF) continue;
    std::string text = "x";
    append_utf8(text, c);
    const std::string once = fold(text);
    ASSERT_EQ(fold(once), once) << std::hex << static_cast<std::uint32_t>(c);
  }
}

TEST(Fold, EveryRunOfTheTableIsReached) {
  for (const FoldRun& run : fold_runs()) {
    for (std::uint32_t i = 0; i < run.count; ++i) {
      std::string text = "x";  // a space would go at the ends
      append_utf8(text, run.first + i * run.step);
      std::string wanted = "x";
      append_utf8(wanted, run.to + i * run.to_step);
      ASSERT_EQ(fold(text + "x"), wanted + "x") << run.first << " + " << i;
    }
  }
}

TEST(Fold, OriginsAreUtf16UnitsOfTheText) {
  const Folded folded = fold_with_origins("a😀e\xCC\x81ß中");
  ASSERT_EQ(folded.chars, U"a😀ess中");
  const std::vector<std::pair<std::uint32_t, std::uint32_t>> wanted{{0, 1}, {1, 3}, {3, 5}, {5, 6}, {5, 6}, {6, 7}};
  for (std::size_t i = 0; i < wanted.size(); ++i) {
    EXPECT_EQ(folded.origins[i].begin, wanted[i].first) << i;
    EXPECT_EQ(folded.origins[i].end, wanted[i].second) << i;
  }
}

}  // namespace
}  // namespace starling::search
