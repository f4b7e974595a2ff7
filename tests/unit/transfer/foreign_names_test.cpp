#include "server/transfer/foreign_names.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "server/transfer/emoji.h"

namespace starling::transfer {
namespace {

TEST(ForeignNames, TheSameObjectAlwaysHasTheSameNumberAndAnotherHasAnother) {
  const std::uint64_t number = number_of("user", "T1", "U1");
  EXPECT_EQ(number, number_of("user", "T1", "U1"));
  EXPECT_NE(number, number_of("room", "T1", "U1"));
  EXPECT_NE(number, number_of("user", "T2", "U1"));
  EXPECT_NE(number, number_of("user", "T1", "U2"));
  EXPECT_EQ(0u, number >> 63);
}

TEST(ForeignNames, HandlesAreMadeToFitAndGivenOnce) {
  Handles handles;
  EXPECT_EQ("ann", handles.take("Ann"));
  EXPECT_EQ("ann-2", handles.take("ann"));
  EXPECT_EQ("ann-3", handles.take("ANN"));
  EXPECT_EQ("j._smith", handles.take("j. smith"));
  EXPECT_EQ("x_", handles.take("x"));
  EXPECT_EQ("__", handles.take(""));
  EXPECT_EQ(32u, handles.take(std::string(50, 'q')).size());
  const std::string second = handles.take(std::string(50, 'q'));
  EXPECT_EQ(32u, second.size());
  EXPECT_THAT(second, testing::EndsWith("-2"));
}

TEST(ForeignNames, ATextIsCutBetweenCharacters) {
  EXPECT_EQ("abc", cut_utf8("abc", 3));
  EXPECT_EQ("ab", cut_utf8("abc", 2));
  EXPECT_EQ("a", cut_utf8("aä", 2));
  EXPECT_EQ("", cut_utf8("🎉", 3));
}

TEST(Emoji, CommonNamesHaveCharacters) {
  EXPECT_EQ("👍", emoji_of("+1"));
  EXPECT_EQ("👍🏽", emoji_of("+1::skin-tone-4"));
  EXPECT_EQ(std::nullopt, emoji_of("partyparrot"));
  EXPECT_EQ(std::nullopt, emoji_of(""));
}

}  // namespace
}  // namespace starling::transfer
