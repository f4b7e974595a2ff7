// What the directory's thread shares with the shards.
#pragma once

#include <atomic>
#include <cstdint>
#include <utility>

#include "server/base/wake_queue.h"
#include "server/directory/counters.h"
#include "server/directory/directory.h"
#include "server/directory/limits.h"

namespace starling::directory {

struct Shared {
  struct Op {
    ShardId shard;
    ports::DirectoryOp op;
  };

  Shared(Config c, Directory::Callbacks b) : config(std::move(c)), callbacks(std::move(b)) {}

  /// It never gets to the server: a read is a miss.
  void lose(ShardId shard, const ports::DirectoryOp& op) {
    ++counters.lost;
    if (std::holds_alternative<ports::ReadTail>(op.request)) callbacks.answer(shard, {.id = op.id, .events = {}});
  }

  const Config config;
  const Directory::Callbacks callbacks;
  Counters counters;
  WakeQueue<Op> ops{limits::kQueuedMax};
  std::atomic<bool> ready = false;  // the server is there, and has let this node in
  std::atomic<bool> stop = false;
};

}  // namespace starling::directory
