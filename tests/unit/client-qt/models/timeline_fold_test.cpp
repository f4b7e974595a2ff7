#include "client-qt/models/timeline_fold.h"

#include <gtest/gtest.h>

#include "common/base/rng.h"
#include "tests/unit/client-qt/support/log.h"

namespace starling::qt {
namespace {

using namespace testing;
using wire::EventKind;

std::string text_of(const TimelineFold& fold) {
  std::string out;
  for (const TimelineRow& row : fold.rows()) {
    out += row.deleted ? "-" : row.text;
    for (const Reaction& reaction : row.reactions) {
      out += "[" + reaction.emoji + std::to_string(reaction.users.size()) + "]";
    }
    out += row.edited_by ? "* " : " ";
  }
  return out;
}

TEST(TimelineFold, edits_deletions_and_reactions_are_folded_into_their_messages) {
  TimelineFold fold;
  for (const wire::Event& event :
       {message(1, kAnn, "a"), message(2, kBo, "b"), change(3, EventKind::Edit, kAnn, 1, "A"),
        change(4, EventKind::ReactionAdd, kBo, 1, "+"), change(5, EventKind::ReactionAdd, kAnn, 1, "+"),
        change(6, EventKind::ReactionRemove, kBo, 1, "+"), change(7, EventKind::Delete, kBo, 2)}) {
    fold.append(event);
  }
  EXPECT_EQ("A[+1]* - ", text_of(fold));
  EXPECT_EQ(Seq(7), fold.last());
}

TEST(TimelineFold, an_older_edit_never_undoes_a_newer_one_and_nothing_undoes_a_deletion) {
  TimelineRow row{.event = message(1, kAnn, "a"), .text = "a"};
  EXPECT_TRUE(apply_change(row, change(9, EventKind::Edit, kAnn, 1, "new")));
  EXPECT_FALSE(apply_change(row, change(5, EventKind::Edit, kAnn, 1, "old")));
  EXPECT_EQ("new", row.text);
  EXPECT_TRUE(apply_change(row, change(10, EventKind::Delete, kAnn, 1)));
  EXPECT_FALSE(apply_change(row, change(11, EventKind::Edit, kAnn, 1, "again")));
  EXPECT_EQ("", row.text);
}

TEST(TimelineFold, who_joins_and_leaves_is_a_row_that_cannot_be_changed) {
  TimelineFold fold;
  fold.append(member(1, kAnn, kBo));
  ASSERT_EQ(1u, fold.rows().size());
  EXPECT_TRUE(fold.rows()[0].system());
  EXPECT_EQ(TimelineFold::Change::None, fold.append(change(2, EventKind::ReactionAdd, kBo, 1, "+")).kind);
}

/// A log with everything in it.
std::vector<wire::Event> random_log(Rng& rng, std::uint64_t length) {
  std::vector<wire::Event> log;
  for (std::uint64_t seq = 1; seq <= length; ++seq) {
    const std::uint64_t target = 1 + rng.below(seq);
    const UserId who = rng.chance(1, 2) ? kAnn : kBo;
    switch (rng.below(7)) {
      case 0:
        log.push_back(change(seq, EventKind::Edit, who, target, "e" + std::to_string(seq)));
        break;
      case 1:
        log.push_back(change(seq, EventKind::ReactionAdd, who, target, "+"));
        break;
      case 2:
        log.push_back(change(seq, EventKind::ReactionRemove, who, target, "+"));
        break;
      case 3:
        log.push_back(rng.chance(1, 4) ? change(seq, EventKind::Delete, who, target) : member(seq, kAnn, kBo));
        break;
      default:
        log.push_back(message(seq, who, "m" + std::to_string(seq)));
    }
  }
  return log;
}

std::vector<wire::Event> changes_to(const std::vector<wire::Event>& log, Seq first, Seq last) {
  std::vector<wire::Event> out;
  for (const wire::Event& event : log) {
    const bool change = event.kind != EventKind::Message && event.kind != EventKind::MemberAdd;
    if (change && event.seq > last && event.target >= first && event.target <= last) out.push_back(event);
  }
  return out;
}

TEST(TimelineFold, however_a_log_is_loaded_it_reads_the_same) {
  for (std::uint64_t seed = 1; seed <= 300; ++seed) {
    Rng rng(seed);
    const std::vector<wire::Event> log = random_log(rng, 30 + rng.below(40));
    TimelineFold whole;
    for (const wire::Event& event : log) whole.append(event);
    // The end first, pages before it, and the rest as it comes.
    TimelineFold pieces;
    const std::size_t live = log.size() - rng.below(log.size() / 2);
    std::size_t first = live;
    while (first > 0) {
      const std::size_t take = std::min<std::size_t>(first, 1 + rng.below(12));
      const std::vector<wire::Event> page(log.begin() + static_cast<std::ptrdiff_t>(first - take),
                                          log.begin() + static_cast<std::ptrdiff_t>(first));
      const std::vector<wire::Event> known(log.begin(), log.begin() + static_cast<std::ptrdiff_t>(live));
      pieces.prepend_run(page, changes_to(known, page.front().seq, page.back().seq));
      first -= take;
    }
    for (std::size_t i = live; i < log.size(); ++i) pieces.append(log[i]);
    ASSERT_EQ(text_of(whole), text_of(pieces)) << "seed " << seed;
    EXPECT_EQ(whole.first(), pieces.first());
    EXPECT_EQ(whole.last(), pieces.last());
  }
}

TEST(TimelineFold, dropped_ends_are_loaded_again_without_a_seam) {
  Rng rng(5);
  const std::vector<wire::Event> log = random_log(rng, 60);
  TimelineFold fold;
  fold.append_run(log, {});
  const std::string before = text_of(fold);
  fold.drop_back(10);
  const std::vector<wire::Event> rest(log.begin() + static_cast<std::ptrdiff_t>(fold.last().value), log.end());
  fold.append_run(rest, {});
  EXPECT_EQ(before, text_of(fold));
}

}  // namespace
}  // namespace starling::qt
