#include "server/directory/directory.h"

#include <thread>
#include <utility>

#include "server/directory/loop.h"
#include "server/directory/shared.h"

namespace starling::directory {

struct Directory::Running {
  Running(Config config, Callbacks callbacks) : shared(std::move(config), std::move(callbacks)) {
    thread = std::thread([this] { Loop(shared).run(); });
  }

  Shared shared;
  std::thread thread;
};

Directory::Directory(Config config, Callbacks callbacks)
    : running_(std::make_unique<Running>(std::move(config), std::move(callbacks))) {}

Directory::~Directory() {
  running_->shared.stop.store(true, std::memory_order_release);
  running_->shared.ops.wake();
  running_->thread.join();
}

void Directory::submit(ShardId shard, ports::DirectoryOp&& op) {
  Shared& shared = running_->shared;
  Shared::Op queued{.shard = shard, .op = std::move(op)};
  if (!shared.ready.load(std::memory_order_acquire) || !shared.ops.push(std::move(queued))) {
    shared.lose(queued.shard, queued.op);
  }
}

std::string Directory::metrics() const { return running_->shared.counters.text(); }

}  // namespace starling::directory
