#include "server/search/spans.h"

#include <gmock/gmock.h>

#include "server/search/limits.h"

namespace starling::search {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

std::vector<Span> spans(std::string_view query, std::string_view text) { return spans_of(*terms_of(query), text); }

TEST(Spans, AreOfTheTextAsItWasWritten) {
  EXPECT_THAT(spans("hello", "Oh HELLO, hello"), ElementsAre(Span{3, 8}, Span{10, 15}));
  EXPECT_THAT(spans("strasse", "die Straße"), ElementsAre(Span{4, 10}));
}

TEST(Spans, CountUtf16Units) {
  EXPECT_THAT(spans("world", "😀😀 world"), ElementsAre(Span{5, 10}));
  EXPECT_THAT(spans("好吗", "你好吗 好吗"), ElementsAre(Span{1, 3}, Span{4, 6}));
  EXPECT_THAT(spans("吗", "𠀀吗"), ElementsAre(Span{2, 3}));
}

TEST(Spans, EmojiAreWhole) {
  EXPECT_THAT(spans("👍", "ok 👍🏽!"), ElementsAre(Span{3, 7}));
  EXPECT_THAT(spans("❤", "a ❤️ b"), ElementsAre(Span{2, 4}));
  EXPECT_THAT(spans("👩", "👩‍💻"), ElementsAre(Span{0, 3}));
}

TEST(Spans, CombiningMarksBelongToTheirLetter) {
  EXPECT_THAT(spans("cafe", "un cafe\xCC\x81 noir"), ElementsAre(Span{3, 8}));
}

TEST(Spans, OverlapsAreJoined) { EXPECT_THAT(spans("abcd cdef", "xabcdefx"), ElementsAre(Span{1, 7})); }

TEST(Spans, ShortTermsOnlyAtTheBeginningOfWords) {
  EXPECT_THAT(spans("su", "Sunday issue su"), ElementsAre(Span{0, 2}, Span{13, 15}));
}

TEST(Spans, AreCapped) {
  std::string text;
  for (int i = 0; i < 1000; ++i) text += "abc ";
  EXPECT_EQ(spans("abc", text).size(), limits::kSpansMax);
  EXPECT_THAT(spans("abd", text), IsEmpty());
}

}  // namespace
}  // namespace starling::search
