#include "loadsim/people/small_talk.h"

#include <array>
#include <string_view>

#include "common/base/rng.h"

namespace starling::people {
namespace {

constexpr std::array<std::string_view, 32> kSentences{
    "Has anybody looked at {thing} yet?",
    "{thing} is ready for review, whenever you have a moment.",
    "I will have a look at {thing} {when}.",
    "Good morning! ☀️",
    "Lunch {when}? The new place by the canal has opened.",
    "Thanks, that helps a lot.",
    "Could you add {thing} to the agenda?",
    "The numbers for {thing} look better than last month 📈",
    "I moved {thing} to {when}, hope that works for everybody.",
    "Sounds good to me.",
    "Agreed. Let us keep it simple.",
    "Who is taking {thing}? I can help {when}.",
    "**Reminder:** {thing} is due {when}.",
    "Not sure I follow, do you mean {thing} or the draft before it?",
    "Found it: the setting was `timeout_ms = 0`. Fixed, and there is a test now.",
    "The build is green again 🎉",
    "Can we talk about {thing} {when}? Ten minutes are enough.",
    "I like the second sketch more, it has room to breathe.",
    "Here is what I ran:\n```\n./dev test --filter Outbox\n12 passed, 0 failed\n```",
    "Welcome aboard! Ask anything, anytime.",
    "The customer was very happy with {thing}.",
    "Let us ship {thing} {when} and see.",
    "On my way, five minutes late, sorry.",
    "下午三点开会，会议室在三楼。",
    "Fini pour aujourd'hui, à demain !",
    "+1",
    "> keep it simple\nStill the best advice we ever wrote down.",
    "I wrote up what we learned about {thing}. Comments are open.",
    "That is a fair point. I had not thought of {thing}.",
    "Would somebody proof-read {thing} {when}?",
    "Coffee machine is working again ☕",
    "Done ✅",
};
constexpr std::array<std::string_view, 16> kThings{
    "the release notes", "the onboarding page", "the search results",    "the invoice for March",
    "the new icons",     "the migration plan",  "the load test",         "the contract draft",
    "the team photo",    "the budget",          "the accessibility fix", "the roadmap",
    "the survey",        "the dark theme",      "the backup drill",      "the translation",
};
constexpr std::array<std::string_view, 8> kWhens{
    "today", "tomorrow", "after lunch", "on Thursday", "this week", "before the demo", "at four", "next week",
};

void put(std::string& text, std::string_view hole, std::string_view word) {
  const std::size_t at = text.find(hole);
  if (at != std::string::npos) text.replace(at, hole.size(), word);
}

}  // namespace

std::string small_talk(std::uint64_t number) {
  const std::uint64_t dice = mix64(number);
  std::string text(kSentences[dice % kSentences.size()]);
  put(text, "{thing}", kThings[(dice >> 16) % kThings.size()]);
  put(text, "{when}", kWhens[(dice >> 32) % kWhens.size()]);
  return text;
}

}  // namespace starling::people
