#include "tests/bench/commit/store_load.h"

#include <algorithm>
#include <condition_variable>
#include <cstdio>
#include <cstdlib>
#include <future>
#include <iterator>
#include <map>
#include <mutex>
#include <utility>

#include "common/base/rng.h"
#include "server/store/sqlite/store.h"

namespace starling::bench {
namespace {

using Clock = std::chrono::steady_clock;

[[noreturn]] void die(const std::string& why) {
  std::fprintf(stderr, "commit: %s\n", why.c_str());
  std::exit(1);
}

/// The store's completions, taken in bunches so that its thread pays little for handing them over.
class Answers {
 public:
  void push(std::uint64_t transaction, ports::StoreCompletion&& completion) {
    {
      const std::scoped_lock lock(mutex_);
      list_.push_back({transaction, std::move(completion)});
    }
    changed_.notify_one();
  }
  std::vector<std::pair<std::uint64_t, ports::StoreCompletion>> take() {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return !list_.empty(); });
    return std::exchange(list_, {});
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<std::pair<std::uint64_t, ports::StoreCompletion>> list_;
};

/// One room: all its senders' next messages are one batch, for a home has one under way.
class Room {
 public:
  Room(RoomId room, const std::vector<ports::Member>& members, std::uint64_t senders, std::size_t body_bytes)
      : room_(room), body_bytes_(body_bytes) {
    for (std::uint64_t i = 0; i < senders; ++i) senders_.push_back(members[i].user);
  }

  ports::CommitBatch next_batch() {
    ++cseq_;
    ports::CommitBatch batch{
        .room = room_, .epoch = Epoch(1), .now = wall_from_ms(1'700'000'000'000 + cseq_), .rows = {}};
    for (const UserId user : senders_) {
      ports::CommitRow row{
          .user = user,
          .device = DeviceId(mix64(user.value)),
          .cseq = Cseq(cseq_),
          .client_msg_id = ClientMsgId(mix64(user.value ^ room_.value << 20 ^ std::uint64_t{cseq_} << 40))};
      row.body.assign(body_bytes_, static_cast<char>('a' + cseq_ % 26));
      row.body_hash = wire::body_hash(row.body);
      batch.rows.push_back(std::move(row));
    }
    return batch;
  }

 private:
  RoomId room_;
  std::size_t body_bytes_;
  std::vector<UserId> senders_;
  std::uint32_t cseq_ = 0;
};

std::uint64_t median_rows(const Recorded& recorded) {
  std::map<std::uint64_t, std::uint64_t> rows;
  for (const RecordedBatch& each : recorded) rows[each.transaction] += each.committed.batch.rows.size();
  std::vector<std::uint64_t> sizes;
  for (const auto& [transaction, size] : rows) sizes.push_back(size);
  std::nth_element(sizes.begin(), sizes.begin() + static_cast<std::ptrdiff_t>(sizes.size() / 2), sizes.end());
  return sizes[sizes.size() / 2];
}

}  // namespace

Cost run_store(const std::string& path, const Load& load, Recorded& recorded) {
  Answers answers;
  store::Store* current = nullptr;
  auto opened = store::Store::open({.path = path}, [&](ShardId, ports::StoreCompletion&& completion) {
    answers.push(current->stats().transactions, std::move(completion));
  });
  if (!opened) die(opened.error().text);
  store::Store& store = **opened;
  current = &store;

  std::map<RoomId, Room> rooms;
  for (std::uint64_t id = 1; id <= load.rooms; ++id) {
    store.submit(ShardId(0), {.id = id, .request = ports::LoadRoom{RoomId(id)}});
    for (auto& [transaction, answer] : answers.take()) {
      const auto& loaded = std::get<ports::RoomLoaded>(answer.result);
      rooms.emplace(RoomId(id), Room(RoomId(id), loaded.members, load.senders_per_room, load.body_bytes));
    }
  }

  const auto began = Clock::now();
  std::uint64_t under_way = 0;
  for (auto& [id, room] : rooms) {
    store.submit(ShardId(0), {.id = id.value, .request = room.next_batch()});
    ++under_way;
  }
  Cost cost;
  while (under_way > 0) {
    const bool more = Clock::now() - began < load.duration;
    for (auto& [transaction, answer] : answers.take()) {
      --under_way;
      auto& committed = std::get<ports::Committed>(answer.result);
      for (const auto& result : committed.results) {
        if (result.status != wire::SendStatus::Accepted) die("a send was not accepted");
      }
      if (answer.status != ports::StoreStatus::Ok) die("a batch was not committed");
      cost.rows += committed.results.size();
      const RoomId room = committed.batch.room;
      recorded.push_back({transaction, std::move(committed)});
      if (!more) continue;
      store.submit(ShardId(0), {.id = room.value, .request = rooms.at(room).next_batch()});
      ++under_way;
    }
  }
  cost.seconds = std::chrono::duration<double>(Clock::now() - began).count();
  const store::StoreStats stats = store.stats();
  cost.transactions = stats.transactions;
  cost.cpu_ns = stats.writer_cpu_ns;
  cost.rows_per_transaction_p50 = median_rows(recorded);
  return cost;
}

}  // namespace starling::bench
