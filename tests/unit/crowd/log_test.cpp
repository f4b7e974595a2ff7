// The compact log against the simulator's, which the contract suite holds against the real store.
#include "loadsim/crowd/log.h"

#include <gtest/gtest.h>

#include "common/base/rng.h"
#include "loadsim/sim/room_log.h"

namespace starling::crowd {
namespace {

struct Both {
  users::Scenario scenario{.personas = {{.name = "all", .message_bytes = 90}}};
  Plan plan{{.cluster = 1, .users = 12, .members = 6, .passes = 1}, 3};
  Words words{scenario, plan};
  check::Violations violations;
  Log log{plan, words, violations};
  sim::RoomLog model{plan.room_id(1), wire::RoomKind::Group, "room"};

  Both() {
    for (std::uint32_t seat = 0; seat < plan.members(); ++seat) {
      model.add_founder(plan.user_id(plan.user_at({1, seat})), wire::Role::Member, kBeginning);
    }
  }
  ports::CommitRow row(std::uint32_t seat, std::uint32_t cseq, wire::EventKind kind, std::uint64_t target) {
    const Written written{.room = 1, .user = plan.user_at({1, seat}), .cseq = Cseq(cseq), .kind = kind};
    ports::CommitRow row{.user = plan.user_id(written.user),
                         .device = plan.device_id(written.user),
                         .cseq = written.cseq,
                         .client_msg_id = words.name(written),
                         .kind = kind,
                         .target = Seq(target),
                         .body = words.body(written)};
    row.body_hash = wire::body_hash(row.body);
    return row;
  }
  ports::CommitBatch batch(std::vector<ports::CommitRow> rows, std::int64_t ms) const {
    return {.room = plan.room_id(1),
            .epoch = Epoch(1),
            .now = kBeginning + std::chrono::milliseconds(ms),
            .rows = std::move(rows)};
  }
  void expect_same(const ports::PageRead& got, const ports::PageRead& expected) {
    EXPECT_EQ(got.head, expected.head);
    EXPECT_EQ(got.hash_before, expected.hash_before);
    EXPECT_EQ(got.events, expected.events);
    EXPECT_EQ(got.related, expected.related);
  }
};

TEST(Log, AgreesWithTheModelOverARandomScript) {
  Both both;
  Rng rng(11);
  std::vector<std::uint32_t> last(both.plan.members());
  for (std::int64_t step = 0; step < 400; ++step) {
    const auto seat = static_cast<std::uint32_t>(rng.below(both.plan.members()));
    // Mostly the next one; now and then a repeat, or one too many.
    const std::uint64_t odd = rng.below(10);
    const std::uint32_t cseq = odd == 0 && last[seat] != 0 ? last[seat] : odd == 1 ? last[seat] + 2 : last[seat] + 1;
    const bool says = cseq % 4 != 0;
    const std::uint64_t target = says ? 0 : 1 + rng.below(both.log.head(1).value + 2);
    const auto row = both.row(seat, cseq, says ? wire::EventKind::Message : wire::EventKind::ReactionAdd, target);
    sim::RoomLog::Changes changes;
    const auto expected = both.model.commit(both.batch({row}, step), nullptr, changes);
    const auto result = both.log.execute(both.batch({row}, step));
    const auto& got = std::get<ports::Committed>(result);
    ASSERT_EQ(got.head, expected.head) << step;
    ASSERT_EQ(got.results[0].status, expected.results[0].status) << step;
    ASSERT_EQ(got.results[0].seq, expected.results[0].seq) << step;
    ASSERT_EQ(got.results[0].expected, expected.results[0].expected) << step;
    ASSERT_EQ(got.results[0].msg_no, expected.results[0].msg_no) << step;
    ASSERT_EQ(got.results[0].ts, expected.results[0].ts) << step;
    last[seat] = both.model.last_cseq(row.device).value;
    const auto device = both.log.execute(ports::ReadDevice{.room = both.plan.room_id(1), .device = row.device});
    ASSERT_EQ(std::get<ports::DeviceRead>(device).last_cseq, both.model.last_cseq(row.device));
  }
  for (const std::uint64_t from : {0, 3, 6, 7, 70, 300, 1000}) {
    for (const bool backward : {false, true}) {
      const ports::ReadPage page{.room = both.plan.room_id(1),
                                 .from = Seq(from),
                                 .backward = backward,
                                 .limit = 40,
                                 .bytes_max = 3000,
                                 .related = true};
      SCOPED_TRACE(std::to_string(from) + (backward ? " backward" : ""));
      both.expect_same(std::get<ports::PageRead>(both.log.execute(page)), both.model.page(page));
    }
  }
  EXPECT_GT(both.log.events(), 200u);
  EXPECT_EQ(both.log.hash_at(1, both.log.head(1)), both.model.hash_at(both.model.head()));
  EXPECT_TRUE(both.violations.empty());
}

TEST(Log, ARoomIsLoadedFromItsCheckpoint) {
  Both both;
  for (std::uint32_t n = 1; n <= 300; ++n) {
    both.log.execute(both.batch({both.row(2, n, wire::EventKind::Message, 0)}, n));
  }
  both.log.execute(ports::PutCheckpoint{
      .room = both.plan.room_id(1), .epoch = Epoch(1), .seq = Seq(256), .hash = both.log.hash_at(1, Seq(256))});
  const auto loaded = std::get<ports::RoomLoaded>(both.log.execute(ports::LoadRoom{both.plan.room_id(1)}));
  EXPECT_EQ(loaded.members.size(), 6u);
  EXPECT_EQ(loaded.tail.size(), 50u);
  PrefixHash hash = loaded.checkpoint_hash;
  for (const wire::Event& each : loaded.tail) hash = wire::fold(hash, each);
  EXPECT_EQ(hash, both.log.hash_at(1, loaded.head));
  EXPECT_TRUE(both.violations.empty());
}

TEST(Log, WhatNobodyWroteIsReported) {
  Both both;
  ports::CommitRow row = both.row(0, 1, wire::EventKind::Message, 0);
  row.body.back() = row.body.back() == 'x' ? 'y' : 'x';
  row.body_hash = wire::body_hash(row.body);
  both.log.execute(both.batch({row}, 1));
  ASSERT_EQ(both.violations.count(), 1u);
  EXPECT_EQ(both.violations.kept().front().guarantee, check::Guarantee::G8_Integrity);
}

}  // namespace
}  // namespace starling::crowd
