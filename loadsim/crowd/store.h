// A cluster's store in time: reads take their own, writes share an fsync, replies get lost, and who asked may die before one.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "loadsim/crowd/context.h"
#include "loadsim/crowd/log.h"
#include "loadsim/crowd/pool.h"
#include "loadsim/sim/group_commit.h"
#include "loadsim/sim/view_book.h"
#include "server/ports/store.h"

namespace starling::crowd {

class Store {
 public:
  Store(Context& context, Log& log, std::uint32_t cluster)
      : context_(&context), log_(&log), cluster_(cluster), clients_(context.options.nodes) {}

  void submit(ShardId shard, ports::StoreOp&& op);
  struct Reply {
    ShardId shard;
    ports::StoreCompletion completion;
  };
  /// What::StoreDone. Nothing when the process that asked is gone.
  std::optional<Reply> done(std::uint32_t slot);
  /// Every reply to it is lost; of its writes those in the group under way may make it to the disk, all of them.
  void died(std::uint32_t node);
  /// What was under way when the node died is over.
  bool quiet(std::uint32_t node) const { return clients_[node].dead == 0; }

 private:
  struct Slot {
    std::uint64_t life = 0;
    Instant at{};
    ShardId shard;
    ports::StoreOp op;
  };

  /// A node.
  struct Client {
    std::uint64_t life = 1;
    std::uint32_t pending = 0;  // of the present life
    std::uint32_t dead = 0;     // of lives before it
    bool group_survives = false;
    Instant surviving_group{};
  };

  ports::StoreResult execute(ports::StoreRequest&& request);
  Client& client_of(ShardId shard) { return clients_[shard.value / context_->options.shards]; }
  Instant time_of(bool write);

  Context* context_;
  Log* log_;
  std::uint32_t cluster_;
  Pool<Slot> slots_;
  std::vector<Client> clients_;  // by node
  sim::GroupCommit groups_;
  sim::ViewBook views_;
};

}  // namespace starling::crowd
