// The directory as the nodes see it: a server for all of them (Redis), with a replica that is always a little behind. Whatever
// goes wrong, a write is lost without a word, and a read finds nothing.
#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <vector>

#include "loadsim/sim/context.h"
#include "loadsim/sim/tail_cache.h"
#include "loadsim/sim/view_book.h"

namespace starling::sim {

class DirectoryModel {
 public:
  explicit DirectoryModel(Context& context);

  void submit(ShardId shard, ports::DirectoryOp&& op);
  /// Happening::DirectoryDoes: it has reached the server, whatever has become of who sent it.
  void does(std::uint32_t slot);
  struct Reply {
    ShardId shard;
    ports::TailRead read;
  };
  /// Happening::DirectoryDone. Nothing when the process that asked is gone.
  std::optional<Reply> done(std::uint32_t slot);
  /// Who waits for it.
  std::uint32_t node_of(std::uint32_t slot) const { return node_of(slots_[slot].shard); }
  void process_died(std::uint32_t node) { ++lives_[node]; }

  // Faults.
  void flush();
  /// The replica takes the server's place: what it has not got is lost.
  void fail_over();
  void be_down(Instant until) { down_until_ = until; }
  /// Reads are answered by the replica, which gets nothing meanwhile.
  void be_stale(Instant until) { stale_until_ = until; }
  void be_slow(Duration delay, Instant until) { slow_by_ = delay, slow_until_ = until; }
  void heal() { down_until_ = stale_until_ = slow_until_ = context_->now(); }

  /// Planted bug: which nodes there are is kept here.
  ViewBook& views() { return views_; }

 private:
  struct Slot {
    ShardId shard;
    std::uint64_t life = 0;  // of the process that asked
    ports::DirectoryOp op;
    ports::TailRead read;
  };
  struct Copying {
    Instant at{};
    ports::DirectoryRequest request;
  };

  std::uint32_t node_of(ShardId shard) const { return shard.value / context_->options.shards; }
  Duration latency();
  bool is_lost();
  void write(const ports::DirectoryRequest& request);
  std::vector<wire::Event> read(const ports::ReadTail& request);
  void copy_what_is_due();

  Context* context_;
  TailCache kept_;
  TailCache replica_;
  bool has_replica_;
  std::deque<Copying> copying_;
  ViewBook views_;
  std::vector<Slot> slots_;
  std::vector<std::uint32_t> free_;
  std::vector<std::uint64_t> lives_;  // by node
  std::vector<Instant> arrived_;      // by node: what one sends keeps its order
  std::uint64_t draws_ = 0;
  Instant down_until_{};
  Instant stale_until_{};
  Instant slow_until_{};
  Duration slow_by_{};
};

}  // namespace starling::sim
