// The store as the nodes see it: operations take time, writes share an fsync, replies get lost, space runs out. A group of
// writes is one transaction of a write-ahead log: answered once it is synced. A single node has the log on its own disk:
// when the process or the machine dies before that, the group is found whole after the restart, or not at all. Several
// nodes share a database server, which may finish what a dead node has asked for.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <utility>
#include <vector>

#include "loadsim/sim/context.h"
#include "loadsim/sim/database.h"
#include "server/ports/store.h"

namespace starling::sim {

class StoreModel {
 public:
  StoreModel(Context& context, Database& database)
      : context_(&context), database_(&database), lives_(context.options.nodes, 1) {}

  void submit(ShardId shard, ports::StoreOp op);
  /// Happening::StoreCommit: the operation takes effect, or fails.
  void commit(std::uint32_t slot);
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
  /// The process is gone with every reply. The group being committed may have made it to the log.
  void process_died(std::uint32_t node, Death death);
  /// Who waits for it.
  std::uint32_t node_of(std::uint32_t slot) const { return node_of(slots_[slot].shard); }
  /// For a restore: what was there is not.
  void replaced() { synced_ = *database_; }

  // Faults, until a time.
  void lose_replies(std::uint32_t permille, Instant until) { lost_permille_ = permille, lost_until_ = until; }
  void be_unavailable(Instant until);
  void be_full(Instant until) { full_until_ = until; }
  void be_slow(Duration delay, Instant until) { slow_by_ = delay, slow_until_ = until; }
  /// Fatal: everything is answered Stopped until the process is restarted.
  void stop() { stopped_ = true; }
  bool stopped() const { return stopped_; }
  void heal();

 private:
  struct Slot {
    bool used = false;
    bool executed = false;
    bool orphaned = false;    // the process that asked is gone, but the server goes on
    std::uint64_t life = 0;   // of the process that asked
    std::uint64_t order = 0;  // of submission
    Instant at{};             // when it takes effect
    ShardId shard;
    ports::StoreOp op;
    std::optional<Database::Members> members_then;  // planted bug M11
    ports::StoreCompletion completion;
  };

  Instant time_of(const ports::StoreOp& op);
  ports::StoreStatus outcome_of(const Slot& slot, bool& applied);
  void check_one_batch_per_room(std::uint32_t node, const ports::StoreOp& op);
  void forget(const Slot& slot);
  ports::StoreResult execute(Slot& slot, bool keep_request);
  void finish_group_of_the_dead();
  void orphan(std::uint32_t node, std::uint64_t random);
  std::uint32_t node_of(ShardId shard) const { return shard.value / context_->options.shards; }
  bool is_shared() const { return lives_.size() > 1; }
  void sync_lazily();

  Context* context_;
  Database* database_;
  std::vector<Slot> slots_;
  std::vector<std::uint32_t> free_;
  std::map<std::pair<std::uint32_t, RoomId>, std::uint32_t> batches_;  // in flight, of a node
  std::vector<std::uint64_t> lives_;                                   // by node
  std::uint64_t latencies_ = 0;
  std::uint64_t outcomes_ = 0;
  std::uint64_t submitted_ = 0;
  std::uint64_t deaths_ = 0;
  Database synced_;  // planted bug: what power loss leaves
  Instant synced_at_{};
  Instant group_ends_{};       // the fsync under way
  Instant next_group_ends_{};  // the one after it, once somebody waits for it

  std::uint32_t lost_permille_ = 0;
  Instant lost_until_{};
  Instant unavailable_until_{};
  Instant full_until_{};
  Duration slow_by_{};
  Instant slow_until_{};
  bool stopped_ = false;
};

}  // namespace starling::sim
