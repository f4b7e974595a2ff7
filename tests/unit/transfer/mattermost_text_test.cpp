#include "server/transfer/mattermost_text.h"

#include <gtest/gtest.h>

namespace starling::transfer {
namespace {

std::string converted(std::string_view text) {
  return text_of_mattermost(text, [](std::string_view name) {
    return name == "ann" ? UserId(7) : name == "j.doe" ? UserId(8) : UserId();
  });
}

TEST(MattermostText, MentionsBecomeOurs) {
  EXPECT_EQ("<@7>, <@8>: hello", converted("@ann, @j.doe: hello"));
  EXPECT_EQ("ask <@7>. Or <@8>.", converted("ask @ann. Or @j.doe."));
  EXPECT_EQ("<@room> <@room> <@room>", converted("@channel @all @here"));
  EXPECT_EQ("@nobody x@ann.org @ anna@ann", converted("@nobody x@ann.org @ anna@ann"));
}

TEST(MattermostText, MarkdownAndCodeStayAsTheyAre) {
  EXPECT_EQ("**b** _i_ ~~s~~ [a](b) # h", converted("**b** _i_ ~~s~~ [a](b) # h"));
  EXPECT_EQ("`@ann :tada:`", converted("`@ann :tada:`"));
  EXPECT_EQ("```\n@ann\n``` <@7>", converted("```\n@ann\n``` @ann"));
}

TEST(MattermostText, EmojiBecomeCharactersAndCustomOnesStay) {
  EXPECT_EQ("🎉 :ours: 12:30", converted(":tada: :ours: 12:30"));
}

TEST(MattermostText, WhatOnlyLooksLikeOurMentionCallsNobody) { EXPECT_EQ("<\\@7>", converted("<@7>")); }

}  // namespace
}  // namespace starling::transfer
