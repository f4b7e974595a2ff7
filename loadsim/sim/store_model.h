// The store as the nodes see it: operations take time, replies get lost, space runs out. What is common to both kinds of
// store: an embedded one (embedded_store.h) and a database server (postgres_store.h).
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <tuple>
#include <vector>

#include "loadsim/sim/context.h"
#include "loadsim/sim/database.h"
#include "loadsim/sim/group_commit.h"
#include "server/ports/store.h"

namespace starling::sim {

class StoreModel {
 public:
  StoreModel(Context& context, Database& database)
      : context_(&context),
        database_(&database),
        stopped_by_(context.options.nodes),
        lives_(context.options.nodes, 1) {}
  virtual ~StoreModel() = default;
  StoreModel(const StoreModel&) = delete;
  StoreModel& operator=(const StoreModel&) = delete;

  virtual void submit(ShardId shard, ports::StoreOp op) = 0;
  /// Happening::StoreCommit or Happening::Postgres, as the store has scheduled it.
  virtual void happened(const Scheduled& event) = 0;
  /// In the number of an operation that no shard asks for, but the service of accounts beside them.
  static constexpr std::uint64_t kOfTheService = std::uint64_t{1} << 63;

  struct Reply {
    ShardId shard;
    ports::StoreCompletion completion;
  };
  /// Happening::StoreDone. Nothing when the process that asked is gone.
  std::optional<Reply> done(std::uint32_t slot);

  enum class Death : std::uint8_t {
    Process,  // what was written is with the operating system
    Machine,  // what was not synced is gone, or torn, which its checksums tell
  };
  /// The process is gone with every reply.
  virtual void process_died(std::uint32_t node, Death death) = 0;
  /// Who waits for it.
  std::uint32_t node_of(std::uint32_t slot) const { return node_of(slots_[slot].shard); }
  /// For a restore: what was there is not.
  virtual void replaced() = 0;
  /// Retention: the oldest event kept becomes `min_seq`.
  virtual void cut(RoomId room, Seq min_seq) = 0;

  // Faults, until a time.
  void lose_replies(std::uint32_t permille, Instant until) { lost_permille_ = permille, lost_until_ = until; }
  void be_unavailable(Instant until);
  void be_full(Instant until) { full_until_ = until; }
  void be_slow(Duration delay, Instant until) { slow_by_ = delay, slow_until_ = until; }
  /// Fatal: a process is answered Stopped until it is restarted.
  void stop(users::FaultKind why) { stopped_by_.assign(lives_.size(), why); }
  bool stopped() const;
  virtual void heal();

  // Faults of a database server; an embedded store has none of them.
  virtual void cancel_waits(std::uint32_t /*permille*/, Instant /*until*/) {}
  virtual void fail_over() {}
  virtual void crash() {}
  virtual void deadlock(std::uint32_t /*permille*/, Instant /*until*/) {}
  /// What a standby that nobody waits for holds: null when there is none.
  virtual const Database* asynchronous_standby() const { return nullptr; }

 protected:
  struct Slot {
    bool used = false;
    std::uint64_t life = 0;  // of the process that asked
    ShardId shard;
    ports::StoreOp op;
    ports::StoreCompletion completion;
  };

  std::uint32_t take(ShardId shard, ports::StoreOp op);
  void give_back(std::uint32_t slot);
  bool asked_by_the_dead(const Slot& slot) const { return slot.life != lives_[node_of(slot.shard)]; }
  /// What has stopped the store for who waits for this: nothing, mostly.
  std::optional<users::FaultKind> stopped_for(std::uint32_t slot) const { return stopped_by_[node_of(slot)]; }
  void check_one_batch_per_room(ShardId shard, const ports::StoreOp& op);
  void check_time_asked(const ports::StoreOp& op) const;
  void check_times_given(const ports::Committed& committed) const;
  /// Reads take their own time; writes are synced in groups, one fsync after the other.
  Instant time_of(bool write);
  /// The room as the batch finds it before its lock, for the planted bugs that look there.
  std::optional<BeforeLock> before_lock(const ports::StoreRequest& request) const;
  /// The completion is made; it arrives `after` and a moment. A batch that is not committed goes back with it.
  void answer(std::uint32_t slot, ports::StoreStatus status, ports::StoreResult result = ports::Done{},
              Duration after = {});
  void next_life(std::uint32_t node);

  Context* context_;
  Database* database_;
  std::vector<Slot> slots_;
  GroupCommit groups_;

  std::uint32_t lost_permille_ = 0;
  Instant lost_until_{};
  Instant unavailable_until_{};
  Instant full_until_{};
  std::vector<std::optional<users::FaultKind>> stopped_by_;  // by node

 private:
  void forget(const Slot& slot);
  std::uint32_t node_of(ShardId shard) const { return shard.value / context_->options.shards; }

  std::vector<std::uint32_t> free_;
  std::map<std::tuple<std::uint32_t, RoomId, ViewId>, std::uint32_t> batches_;  // in flight, of a node's home
  std::vector<std::uint64_t> lives_;                                            // by node
  std::uint64_t latencies_ = 0;
  Duration slow_by_{};
  Instant slow_until_{};
};

/// As options.store says.
std::unique_ptr<StoreModel> make_store(Context& context, Database& database);

}  // namespace starling::sim
