// A node's place in the view: the store is asked to keep it, three times in a lease, and every view that comes is handed to
// the node's shards in order. Without I/O, as the shards. Owner: the thread that drives it.
#pragma once

#include <chrono>
#include <cstddef>
#include <optional>
#include <vector>

#include "server/core/config.h"
#include "server/core/shard.h"
#include "server/ports/store.h"

namespace starling::core {

/// What the store's clock is ahead of this machine's steady one; nothing: it has no clock but the node's.
using StoreClock = std::optional<std::chrono::milliseconds>;

/// Of two clocks that are kept.
inline constexpr std::chrono::milliseconds kClocksApart = std::chrono::seconds(5);
/// The time for what happens here: this machine's, but not further from the store's than that.
WallTime held_to(const StoreClock& store, Now now);

class Lease {
 public:
  Lease(const Config& config, const ports::ViewNode& self) : config_(config), self_(self) {}

  /// What the store is to be asked now, if anything; the answer comes to answered().
  std::optional<ports::KeepLease> ask(Now now);
  /// When to ask next; kNever while an answer is waited for.
  Instant next_deadline() const { return asking_ ? kNever : ask_at_; }

  struct News {
    bool out = false;                // the process is in the view no more, and must start anew
    std::vector<ports::View> views;  // next, in order
  };
  News answered(Instant now, ports::StoreCompletion&& done);

  /// There is a later view than the one that is known here.
  void hurry(Instant now);
  /// Another node is not reached. If it is dead, it should be put out when its lease ends, and not up to a third of a lease later: so many
  /// nodes, which look at this together, ask 24 times in a lease. Of eight and more somebody does so anyway.
  void look_closer(std::size_t nodes);
  /// Nothing is to have its home here any more; sessions go on.
  void leave(Instant now);
  bool left() const { return left_; }
  const StoreClock& store_clock() const { return store_clock_; }
  /// Until then nobody else is home to what is at home here.
  Instant until() const { return until_; }

 private:
  const Config& config_;
  ports::ViewNode self_;
  ViewId known_;
  bool asking_ = false;
  bool again_ = false;  // something came up while the store was asked
  bool left_ = false;   // the view says so
  Instant asked_at_{};
  Instant ask_at_{};
  Instant until_{};
  StoreClock store_clock_;
  Now first_{};  // planted bug
};

}  // namespace starling::core
