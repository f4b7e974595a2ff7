// The embedded store (SQLite): one writer, and a commit is durable. A group of writes is one transaction of a write-ahead
// log: answered once it is synced, and when the process or the machine dies before that, it is found whole after the
// restart, or not at all.
#pragma once

#include "loadsim/sim/store_model.h"

namespace starling::sim {

class EmbeddedStore final : public StoreModel {
 public:
  using StoreModel::StoreModel;

  void submit(ShardId shard, ports::StoreOp op) override;
  void happened(const Scheduled& event) override;
  /// The group being committed may have made it to the log.
  void process_died(std::uint32_t node, Death death) override;
  void replaced() override { synced_ = *database_; }
  void cut(RoomId room, Seq min_seq) override { database_->cut(room, min_seq); }

 private:
  /// What is known of the operation in a slot until it takes effect.
  struct Pending {
    bool executed = false;
    std::uint64_t order = 0;  // of submission
    Instant at{};             // when it takes effect
    std::optional<BeforeLock> found;
  };

  ports::StoreStatus outcome_of(std::uint32_t slot, bool& applied);
  ports::StoreResult execute(std::uint32_t slot, bool keep_request);
  void finish_group_of_the_dead();
  void sync_lazily();

  std::vector<Pending> pending_;  // by slot
  std::uint64_t outcomes_ = 0;
  std::uint64_t submitted_ = 0;
  std::uint64_t deaths_ = 0;
  Database synced_;  // planted bug: what power loss leaves
  Instant synced_at_{};
};

}  // namespace starling::sim
