// The directory seam over Redis 7: rooms' newest events, as lists that expire. A thread of its own.
//
// Nothing is certain of it: while the server is away, behind or does not let this node in, writes are lost and reads are misses,
// at once. What is wrong is in the log with what to do, and the cluster goes on without it.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "common/base/ids.h"
#include "server/directory/config.h"

namespace starling::directory {

class Directory {
 public:
  struct Callbacks {
    /// To the shard that has asked; on the directory's thread, or on the one that calls submit(). Must not wait.
    std::function<void(ShardId, ports::TailRead&&)> answer;
    /// A line for the log.
    std::function<void(const std::string& line)> warn;
  };
  /// Whether the server is there or not.
  Directory(Config config, Callbacks callbacks);
  /// Reads that are under way are misses.
  ~Directory();

  /// Any thread; never waits.
  void submit(ShardId shard, ports::DirectoryOp&& op);
  /// Prometheus text.
  std::string metrics() const;

 private:
  struct Running;
  std::unique_ptr<Running> running_;
};

}  // namespace starling::directory
