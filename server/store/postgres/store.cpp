#include "server/store/postgres/store.h"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <thread>
#include <utility>
#include <variant>

#include "common/base/rng.h"
#include "server/store/is_read.h"
#include "server/store/postgres/counters.h"
#include "server/store/postgres/exchange.h"
#include "server/store/postgres/limits.h"
#include "server/store/postgres/loop.h"

namespace starling::postgres {
namespace {

constexpr std::chrono::milliseconds kOpenStep{5};
/// Above the number of a node's lane.
constexpr int kNodeShift = 16;

/// Reads of a room go under its lock, which only the lanes of the writes take.
bool is_written(const ports::StoreRequest& request) {
  return !store::is_read(request) || std::holds_alternative<ports::LoadRoom>(request);
}

/// What may wait for any room's lock, and must not stop the rooms of one connection meanwhile.
bool stands_aside(const ports::StoreRequest& request) {
  return std::holds_alternative<ports::ChangeAccounts>(request) || std::holds_alternative<ports::ChangeRooms>(request);
}

}  // namespace

struct Store::Threads {
  Threads(StoreConfig configured, Complete on_complete, std::shared_ptr<Counters> shared_counters)
      : config(std::move(configured)),
        complete(std::move(on_complete)),
        counters_of_all(shared_counters ? std::move(shared_counters) : std::make_shared<Counters>()) {
    const bool replicated = config.durability == Durability::Replicated;
    const auto finish = [this](Job&& job, ports::StoreStatus status, ports::StoreResult&& result) {
      finished(std::move(job), status, std::move(result));
    };
    const Lane::Shared shared{.counters = counters,
                              .same_history = [this](std::int64_t number) { return same_history(number); },
                              .finish = finish};
    // The same at every start: who waits for a standby with a beacon, and outlives its process, has the lock of its row, so that
    // no start while there is none leaves more of them.
    std::int64_t beacon = std::int64_t{config.node} << kNodeShift;
    const auto resolver = std::make_shared<Resolver>(config.conninfo);
    const auto scout = std::make_shared<Scout>();
    const auto options = [&](Access access) {
      return Lane::Options{.conninfo = config.conninfo,
                           .resolver = resolver,
                           .scout = scout,
                           .access = access,
                           .replicated = replicated,
                           .gather = config.gather,
                           .beacon_store = ++beacon};
    };
    // Two more than configured: for what stands aside, and for the lease, which must wait for nothing else.
    for (std::uint32_t i = 0; i < config.connections + 2; ++i) writes.add(options(Access::Write), shared);
    for (std::uint32_t i = 0; i < config.readers; ++i) readers.push_back(&reads.add(options(Access::Read), shared));
    if (!config.standby_conninfo.empty()) add_standby(shared);
    writes.start([this](Job&& job) { route_write(std::move(job)); });
    reads.start([this](Job&& job) { route_read(std::move(job)); });
  }

  /// Its pages are proven by the first reader's barrier.
  void add_standby(Lane::Shared shared) {
    Lane& reader = *readers.front();
    shared.finish = [this, &reader](Job&& job, ports::StoreStatus status, ports::StoreResult&& result) {
      if (status == ports::StoreStatus::Ok) {
        counters.standby_reads.fetch_add(1, std::memory_order_relaxed);
        return reader.prove(std::move(job), std::move(result));
      }
      counters.standby_passes.fetch_add(1, std::memory_order_relaxed);
      reader.submit(std::move(job));
    };
    standby = &reads.add({.conninfo = config.standby_conninfo,
                          .resolver = std::make_shared<Resolver>(config.standby_conninfo),
                          .access = Access::Standby,
                          .replicated = false,
                          .follows = &reader.beacon()},
                         std::move(shared));
  }

  void route_write(Job&& job) {
    const auto& lanes = writes.lanes();
    if (std::holds_alternative<ports::KeepLease>(job.op.request)) return lanes.back()->submit(std::move(job));
    if (stands_aside(job.op.request)) return lanes[config.connections]->submit(std::move(job));
    lanes[mix64(key_of(job.op.request)) % config.connections]->submit(std::move(job));
  }

  void route_read(Job&& job) {
    const auto* page = std::get_if<ports::ReadPage>(&job.op.request);
    if (page != nullptr && page->floor.epoch && standby != nullptr && standby->ready() && readers.front()->ready()) {
      return standby->submit(std::move(job));
    }
    if (together_max(job.op.request) > 1) return gatherer().submit(std::move(job));
    readers[next_reader++ % readers.size()]->submit(std::move(job));
  }

  /// Where reads meet that go together: always the same reader, while it is there.
  Lane& gatherer() const {
    const auto ready = std::ranges::find_if(readers, &Lane::ready);
    return ready == readers.end() ? *readers.front() : **ready;
  }

  /// The number that all lanes have to find: the one that the first of them found.
  bool same_history(std::int64_t number) {
    std::int64_t known = 0;
    return history.compare_exchange_strong(known, number) || known == number;
  }

  void finished(Job&& job, ports::StoreStatus status, ports::StoreResult&& result) {
    count(job.op.request, status, result);
    give_back(job.op.request, result);
    complete(job.shard, {.id = job.op.id, .status = status, .result = std::move(result)});
  }

  void count(const ports::StoreRequest& request, ports::StoreStatus status, const ports::StoreResult& result) {
    const auto add = [](Counters::Counter& counter, std::uint64_t n = 1) {
      counter.fetch_add(n, std::memory_order_relaxed);
    };
    if (status == ports::StoreStatus::Unknown) add(counters.unknown);
    if (status == ports::StoreStatus::Unavailable) add(counters.unavailable);
    if (status == ports::StoreStatus::Full) add(counters.full);
    if (status != ports::StoreStatus::Ok) return;
    const auto kind = store::read_kind(request);
    add(kind ? counters.reads[static_cast<std::size_t>(*kind)] : counters.transactions);
    const auto* committed = std::get_if<ports::Committed>(&result);
    if (committed == nullptr) return;
    add(counters.batches);
    add(counters.rows_answered, committed->results.size());
    add(counters.rows_accepted, committed->head.value - committed->prev_head.value);
  }

  /// The lane to the primary that is worst; null: all are well. Of those that have lost it, who looks for it knows why it is not found.
  const store::Health* unwell() const {
    const store::Health* found = nullptr;
    const auto look = [&found](const Lane& lane) {
      const store::Health& health = lane.health();
      if (health.state() == store::Health::State::Good || (found != nullptr && found->failed())) return;
      if (found == nullptr || health.failed() || lane.looks_for_primary()) found = &health;
    };
    for (const auto& lane : writes.lanes()) look(*lane);
    for (const Lane* reader : readers) look(*reader);
    return found;
  }

  StoreConfig config;
  Complete complete;
  std::shared_ptr<Counters> counters_of_all;
  Counters& counters = *counters_of_all;
  std::atomic<std::int64_t> history = 0;
  std::vector<Lane*> readers;
  Lane* standby = nullptr;
  std::size_t next_reader = 0;
  // Their threads end before what they use.
  Loop reads;
  Loop writes;
};

Result<std::unique_ptr<Store>, StartError> Store::open(const StoreConfig& config, Complete complete, const Say& say,
                                                       std::shared_ptr<Counters> counters) {
  const auto migrated = prepare({config.conninfo, config.part}, say);
  if (!migrated) return tl::unexpected(migrated.error());
  if (config.durability == Durability::Replicated && migrated->synchronous_standby_names.empty()) {
    return tl::unexpected(StartError(
        "PostgreSQL waits for no standby (synchronous_standby_names is empty), so a failover would lose what was "
        "acknowledged; set it there, or store.durability = \"local\" here if that is meant",
        true));
  }
  std::unique_ptr<Store> store(new Store(std::make_unique<Threads>(config, std::move(complete), std::move(counters))));
  const auto end = std::chrono::steady_clock::now() + limits::kOpenPatience;
  while (!store->healthy()) {
    if (std::chrono::steady_clock::now() > end) return tl::unexpected(StartError(store->why(), true));
    std::this_thread::sleep_for(kOpenStep);
  }
  return store;
}

Store::Store(std::unique_ptr<Threads> threads) : threads_(std::move(threads)) {}
Store::~Store() = default;

void Store::submit(ShardId shard, ports::StoreOp&& op) {
  Loop& loop = is_written(op.request) ? threads_->writes : threads_->reads;
  loop.submit({.shard = shard, .op = std::move(op)});
}

bool Store::healthy() const { return threads_->unwell() == nullptr; }
bool Store::failed() const {
  const store::Health* unwell = threads_->unwell();
  return unwell != nullptr && unwell->failed();
}
std::string Store::why() const {
  const store::Health* unwell = threads_->unwell();
  return unwell == nullptr ? std::string() : unwell->why();
}

Store::Waiting Store::waiting() const {
  return {.writes = threads_->writes.waiting(), .reads = threads_->reads.waiting()};
}

std::string Store::metrics() const {
  const Waiting now = waiting();
  return threads_->counters.text({.writes_waiting = now.writes,
                                  .reads_waiting = now.reads,
                                  .replicated = threads_->config.durability == Durability::Replicated,
                                  .healthy = healthy()});
}

StoreStats Store::stats() const { return threads_->counters.stats(); }

}  // namespace starling::postgres
