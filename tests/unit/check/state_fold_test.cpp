#include "loadsim/check/state_fold.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <vector>

#include "common/base/rng.h"

namespace starling::check {
namespace {

using wire::EventKind;

std::vector<LedgerEvent> random_log(std::uint64_t seed) {
  Rng rng(seed);
  std::vector<LedgerEvent> log;
  for (std::uint64_t seq = 1; seq <= 60; ++seq) {
    LedgerEvent event{.seq = Seq(seq), .sender = UserId(1 + rng.below(3)), .body_hash = 1 + rng.below(4)};
    if (seq > 5 && rng.chance(2, 3)) {
      constexpr EventKind kKinds[] = {EventKind::Edit, EventKind::Delete, EventKind::ReactionAdd,
                                      EventKind::ReactionRemove};
      event.kind = kKinds[rng.below(4)];
      event.target = Seq(1 + rng.below(5));
    }
    log.push_back(event);
  }
  return log;
}

std::uint64_t digest_of(const std::vector<LedgerEvent>& log, Seq start = {}) {
  StateFold fold(start);
  for (const LedgerEvent& event : log) fold.apply(event);
  return fold.digest();
}

TEST(StateFold, OrderAndRepetitionOfArrivalDoNotMatter) {
  for (std::uint64_t seed = 1; seed <= 50; ++seed) {
    const std::vector<LedgerEvent> log = random_log(seed);
    std::vector<LedgerEvent> shuffled = log;
    shuffled.insert(shuffled.end(), log.begin(), log.begin() + 20);
    Rng rng(seed ^ 0xFF);
    for (std::size_t i = shuffled.size(); i > 1; --i) std::swap(shuffled[i - 1], shuffled[rng.below(i)]);
    EXPECT_EQ(digest_of(log), digest_of(shuffled)) << "seed " << seed;
  }
}

TEST(StateFold, TheHighestSeqWins) {
  const LedgerEvent message{.seq = Seq(1), .body_hash = 10};
  const LedgerEvent early{.seq = Seq(2), .kind = EventKind::Edit, .target = Seq(1), .body_hash = 20};
  const LedgerEvent late{.seq = Seq(3), .kind = EventKind::Edit, .target = Seq(1), .body_hash = 30};
  EXPECT_EQ(digest_of({message, early, late}), digest_of({message, late}));
  EXPECT_NE(digest_of({message, early}), digest_of({message, late}));
}

TEST(StateFold, WhatRefersToEventsBeforeTheStartIsNotShown) {
  const LedgerEvent edit{.seq = Seq(8), .kind = EventKind::Edit, .target = Seq(3), .body_hash = 20};
  EXPECT_EQ(digest_of({edit}, Seq(5)), digest_of({}, Seq(5)));
  EXPECT_NE(digest_of({edit}, Seq(2)), digest_of({}, Seq(2)));
}

}  // namespace
}  // namespace starling::check
