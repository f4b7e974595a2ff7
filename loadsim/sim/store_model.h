// The store as a node sees it: operations take time, writes share an fsync, replies get lost, space runs out. A group of
// writes is one transaction of a write-ahead log: answered once it is synced, and when the process or the machine dies
// before that, it is found whole after the restart, or not at all.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <vector>

#include "loadsim/sim/context.h"
#include "loadsim/sim/database.h"
#include "server/ports/store.h"

namespace starling::sim {

class StoreModel {
 public:
  StoreModel(Context& context, Database& database) : context_(&context), database_(&database) {}

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
  void process_died(Death death);
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
  void check_one_batch_per_room(const ports::StoreOp& op);
  void forget(const ports::StoreRequest& request);
  ports::StoreResult execute(Slot& slot, bool keep_request);
  void finish_group_of_the_dead();
  void sync_lazily();

  Context* context_;
  Database* database_;
  std::vector<Slot> slots_;
  std::vector<std::uint32_t> free_;
  std::map<RoomId, std::uint32_t> batches_;  // in flight
  std::uint64_t life_ = 1;
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
