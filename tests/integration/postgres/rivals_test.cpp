// Two stores that both believe to be home, while backends are killed: the log stays one, and nothing that was acknowledged is
// lost or moved.
#include <gmock/gmock.h>

#include <atomic>
#include <map>
#include <thread>
#include <tuple>
#include <vector>

#include "tests/contract/store/room_script.h"
#include "tests/integration/postgres/asked_store.h"
#include "tests/support/postgres/database.h"

namespace starling::integration {
namespace {

using namespace std::chrono_literals;
using contract::kAda;
using contract::kBob;
using contract::kNoon;

constexpr std::uint64_t kRooms = 1;
constexpr std::uint32_t kRowsPerBatch = 100;  // so many that two commits meet
constexpr auto kSpan = 5s;

using Acked = std::map<std::tuple<RoomId, DeviceId, Cseq>, Seq>;

/// Sends batch after batch to each room, each until its outcome is known.
Acked send(AskedStore& store, UserId user, const std::atomic<bool>& over) {
  Acked acked;
  std::map<RoomId, std::uint32_t> last;
  while (!over) {
    for (std::uint64_t n = 1; n <= kRooms; ++n) {
      const RoomId room(n);
      std::vector<ports::CommitRow> rows;
      for (std::uint32_t i = 0; i < kRowsPerBatch; ++i) rows.push_back(contract::row(user, ++last[room]));
      const auto done = store.get<ports::Committed>(contract::batch(std::move(rows), Epoch(1), room));
      for (std::size_t i = 0; i < done.results.size(); ++i) {
        EXPECT_LE(done.results[i].status, wire::SendStatus::Duplicate);
        acked[{room, done.batch.rows[i].device, done.batch.rows[i].cseq}] = done.results[i].seq;
      }
    }
  }
  return acked;
}

TEST(PostgresRivals, TwoHomesUnderKilledBackendsKeepOneLog) {
  support::Database database;
  const postgres::StoreConfig config{
      .conninfo = database.conninfo(), .connections = 2, .readers = 1, .durability = postgres::Durability::Local};
  AskedStore one(config);
  AskedStore other(config);
  for (std::uint64_t n = 1; n <= kRooms; ++n) one.insist(contract::group({kAda, kBob}, n, RoomId(n)));

  std::atomic<bool> over = false;
  auto ada = std::async(std::launch::async, [&] { return send(one, kAda, over); });
  auto bob = std::async(std::launch::async, [&] { return send(other, kBob, over); });
  const auto end = std::chrono::steady_clock::now() + kSpan;
  while (std::chrono::steady_clock::now() < end) {
    database.sql().run(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND state = "
        "'active' "
        "AND query LIKE '%commit_batch%' AND pid <> pg_backend_pid() LIMIT 1");
    std::this_thread::sleep_for(300ms);
  }
  over = true;
  Acked acked = ada.get();
  acked.merge(bob.get());

  EXPECT_GT(one.store().stats().unknown + other.store().stats().unknown, 0u) << "nothing was cut in the middle";
  EXPECT_GT(acked.size(), 5 * kRowsPerBatch) << "too much was cut";
  std::map<std::pair<RoomId, DeviceId>, Cseq> last;
  std::size_t found = 0;
  for (std::uint64_t n = 1; n <= kRooms; ++n) {
    const auto room = one.get<ports::RoomLoaded>(ports::LoadRoom{RoomId(n)});
    ASSERT_EQ(room.tail.size(), room.head.value);
    for (std::size_t i = 0; i < room.tail.size(); ++i) {
      const wire::Event& event = room.tail[i];
      EXPECT_EQ(event.seq, Seq(i + 1)) << "a gap";
      if (!event.device) continue;
      Cseq& before = last[{event.room, event.device}];
      EXPECT_EQ(event.cseq, before.next()) << "a sender's order";
      before = event.cseq;
      const auto at = acked.find({event.room, event.device, event.cseq});
      ASSERT_NE(at, acked.end()) << "all that was sent was answered";
      EXPECT_EQ(at->second, event.seq) << "moved";
      ++found;
    }
  }
  EXPECT_EQ(found, acked.size()) << "lost";
}

}  // namespace
}  // namespace starling::integration
