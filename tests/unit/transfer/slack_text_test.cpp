#include "server/transfer/slack_text.h"

#include <gtest/gtest.h>

#include "common/wire/mentions.h"

namespace starling::transfer {
namespace {

std::string converted(std::string_view text) {
  return text_of_slack(text, [](std::string_view id) { return UserId(id.starts_with("U7") ? 7 : 9); });
}

TEST(SlackText, MentionsBecomeOurs) {
  EXPECT_EQ("hi <@7>!", converted("hi <@U7>!"));
  EXPECT_EQ("hi <@7>", converted("hi <@U7|ann>"));
  EXPECT_EQ("<@room> <@room> <@room>", converted("<!channel> <!here|@here> <!everyone>"));
  EXPECT_EQ("@ops at 12:00", converted("<!subteam^S1|@ops> at <!date^1^{time}|12:00>"));
  EXPECT_EQ("see #general", converted("see <#C1|general>"));
}

TEST(SlackText, LinksBecomeMarkdown) {
  EXPECT_EQ("[docs](https://x.org/a?b=1&c=2)", converted("<https://x.org/a?b=1&amp;c=2|docs>"));
  EXPECT_EQ("https://x.org", converted("<https://x.org>"));
  EXPECT_EQ("https://x.org", converted("<https://x.org|https://x.org>"));
  EXPECT_EQ("a@b.org", converted("<mailto:a@b.org|a@b.org>"));
}

TEST(SlackText, MarksBecomeMarkdownAtTheEdgesOfWords) {
  EXPECT_EQ("**bold** _it_ ~~gone~~", converted("*bold* _it_ ~gone~"));
  EXPECT_EQ("**<@7> said**", converted("*<@U7> said*"));
  EXPECT_EQ("2*3*4 and a * b * c", converted("2*3*4 and a * b * c"));
  EXPECT_EQ("~/bin and *\nnot bold*", converted("~/bin and *\nnot bold*"));
  EXPECT_EQ("(**so**)", converted("(*so*)"));
}

TEST(SlackText, EntitiesBecomeCharacters) {
  EXPECT_EQ("a & b < c > d", converted("a &amp; b &lt; c &gt; d"));
  EXPECT_EQ("> quoted", converted("&gt; quoted"));
  EXPECT_EQ("&nbsp; &lt;", converted("&nbsp; &amp;lt;")) << "decoded once";
}

TEST(SlackText, CodeKeepsItsText) {
  EXPECT_EQ("`*a* <b> & :tada:`", converted("`*a* &lt;b&gt; &amp; :tada:`"));
  EXPECT_EQ("```\nint main() { *p; }\n```", converted("```int main() { *p; }```"));
  EXPECT_EQ("```\na\n```", converted("```\na\n```"));
  EXPECT_EQ("`x.org`", converted("`<http://x.org|x.org>`"));
  EXPECT_EQ("lonely ` tick", converted("lonely ` tick"));
}

TEST(SlackText, EmojiBecomeCharactersAndCustomOnesStay) {
  EXPECT_EQ("🎉 👋🏼 :partyparrot: 12:30:45", converted(":tada: :wave::skin-tone-3: :partyparrot: 12:30:45"));
}

TEST(SlackText, WhatOnlyLooksLikeAMentionCallsNobody) {
  for (const char* text : {"&lt;@7&gt; &lt;@room&gt;", "`&lt;@7&gt;`", "<https://x.org|&lt;@7&gt;>", "&lt;<@room>"}) {
    const auto called = wire::mentions_of(converted(text));
    EXPECT_TRUE(called.users.empty() || called.users.front() == UserId(9)) << converted(text);
    EXPECT_FALSE(called.room) << converted(text);
  }
}

TEST(SlackText, WhatIsCutOffIsKeptAsItIs) {
  for (const char* text : {"<", "*", "```", "`", "~", ":", "<>", "**", "a <http://x", "&", "&am"}) {
    EXPECT_EQ(text, converted(text));
  }
}

}  // namespace
}  // namespace starling::transfer
