#include "server/search/grams.h"

#include <gmock/gmock.h>

#include <vector>

#include "server/search/fold.h"

namespace starling::search {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using Tokens = std::vector<std::string>;

Tokens grams(std::string_view text) {
  Tokens tokens;
  each_gram(fold(text), [&](std::string_view token) {
    tokens.emplace_back(token);
    return true;
  });
  return tokens;
}

TEST(Grams, LatinIsThreeCharactersAndTheBeginningsOfWords) {
  EXPECT_THAT(grams("Hello"), ElementsAre(" he", "hel", "ell", "llo"));
  EXPECT_THAT(grams("go on"), ElementsAre(" go", " on"));
  EXPECT_THAT(grams("(ok)"), ElementsAre("(ok", " ok", "ok)"));
  EXPECT_THAT(grams("a"), IsEmpty());
}

TEST(Grams, CyrillicAndArabicLikewise) {
  EXPECT_THAT(grams("Мир"), ElementsAre(" ми", "мир"));
  EXPECT_THAT(grams("سلام"), ElementsAre(" سل", "سلا", "لام"));
}

TEST(Grams, ChineseJapaneseAndKoreanAreTwo) {
  EXPECT_THAT(grams("你好吗"), ElementsAre("你好", "好吗"));
  EXPECT_THAT(grams("カタカナ"), ElementsAre("カタ", "タカ", "カナ"));
  EXPECT_THAT(grams("한국어"), ElementsAre("한국", "국어"));
  EXPECT_THAT(grams("好"), IsEmpty());
}

TEST(Grams, MixedTextChangesWithItsScript) {
  EXPECT_THAT(grams("我用iOS手机"), ElementsAre("我用", " io", "ios", "手机"));
}

TEST(Grams, EmojiStandForThemselves) {
  EXPECT_THAT(grams("👍🏽👍ok"), ElementsAre("👍", "👍", " ok"));
  EXPECT_THAT(grams("👨‍👩‍👧"), ElementsAre("👨", "👩", "👧"));
}

TEST(Grams, CombiningMarksDoNotSplitAWord) {
  EXPECT_THAT(grams("a\xCC\x81"
                    "b\xCC\x81"
                    "c"),
              ElementsAre(" ab", "abc"));
}

TEST(Grams, ADocumentBeginsWithItsMarks) {
  Tokens tokens;
  each_token(document_of(1, 35, "abc"), [&](std::string_view token) {
    tokens.emplace_back(token);
    return true;
  });
  EXPECT_THAT(tokens, ElementsAre(room_mark(1), sender_mark(35), " ab", "abc"));
}

TEST(Grams, APieceIsOnlyCertainOfWhatIsInsideIt) {
  Tokens tokens;
  const auto add = [&](std::string_view token) {
    tokens.emplace_back(token);
    return true;
  };
  each_certain_gram(U"ello world", false, add);
  EXPECT_THAT(tokens, ElementsAre("ell", "llo", " wo", "wor", "orl", "rld"));
  tokens.clear();
  each_certain_gram(U"he", true, add);
  EXPECT_THAT(tokens, ElementsAre(" he"));
}

}  // namespace
}  // namespace starling::search
