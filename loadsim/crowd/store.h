// A node's store in time: reads take their own, writes share an fsync, replies get lost, and the process may die before one.
#pragma once

#include <cstdint>
#include <optional>

#include "loadsim/crowd/context.h"
#include "loadsim/crowd/log.h"
#include "loadsim/crowd/pool.h"
#include "server/ports/store.h"

namespace starling::crowd {

class Store {
 public:
  Store(Context& context, Log& log, std::uint32_t node) : context_(&context), log_(&log), node_(node) {}

  void submit(ShardId shard, ports::StoreOp&& op);
  struct Reply {
    ShardId shard;
    ports::StoreCompletion completion;
  };
  /// What::StoreDone. Nothing when the process that asked is gone.
  std::optional<Reply> done(std::uint32_t slot);
  /// Every reply is lost with it; the group of writes under way may have made it to the disk, whole.
  void process_died();
  /// What was under way when the last process died is over.
  bool quiet() const { return dead_ == 0; }

 private:
  struct Slot {
    std::uint64_t life = 0;
    Instant at{};
    ShardId shard;
    ports::StoreOp op;
  };

  Instant time_of(bool write);

  Context* context_;
  Log* log_;
  std::uint32_t node_;
  Pool<Slot> slots_;
  std::uint64_t life_ = 1;
  std::uint32_t pending_ = 0;  // of the present life
  std::uint32_t dead_ = 0;     // of lives before it
  bool group_survives_ = false;
  Instant surviving_group_{};
  Instant group_ends_{};       // the fsync under way
  Instant next_group_ends_{};  // the one after it, once somebody waits for it
};

}  // namespace starling::crowd
