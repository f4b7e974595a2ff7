// Keeps a node of several in the cluster's view: renews its lease in the store, hands every view to the node in order, and says
// when the others go on without it. The rules are core/lease.h's, and for a node that is not heard isolation.h's; this is their
// thread and their clock.
#pragma once

#include <condition_variable>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <thread>
#include <vector>

#include "common/base/ids.h"
#include "server/core/lease.h"
#include "server/ports/store.h"
#include "server/ports/view.h"
#include "server/runtime/isolation.h"

namespace starling::runtime {

/// No shard's: completions for it are the membership's.
inline constexpr ShardId kMembershipShard{0xFFFE};

class Membership {
 public:
  /// What has come from a node.
  struct Heard {
    std::uint64_t envelopes = 0;  // so far
    bool hears = false;           // it listens to this node
  };
  /// Called on the membership's thread.
  struct Calls {
    std::function<void(ports::StoreOp&&)> ask;        // its completion comes to answered()
    std::function<void(core::StoreClock)> told_time;  // before the views that came with it
    std::function<void(ports::View&&)> entered;       // each after the one before
    std::function<void(Instant until)> extended;      // the lease
    /// Which posts there have been of the node so far, and whether it listens to this one.
    std::function<Heard(std::uint16_t node)> heard;
    std::function<void(const Isolation&)> isolation;  // when it has changed
    std::function<void()> gave_way;                   // what had its home here has it elsewhere
    std::function<void()> left;                       // after leave(): nothing has its home here
    std::function<void()> put_out;                    // the last call: the process must start anew
  };
  /// `config` outlives it.
  Membership(const core::Config& config, const ports::ViewNode& self, Calls calls);
  Membership(const Membership&) = delete;
  Membership& operator=(const Membership&) = delete;
  ~Membership() { stop(); }

  void start();
  void stop();

  // From any thread.
  void answered(ports::StoreCompletion&& done);
  /// Somebody knows of a later view.
  void hurry();
  void leave();

 private:
  /// When a node was last heard, by what had come of it at the last look.
  struct Voice {
    std::uint64_t envelopes = 0;
    Instant at = kNever;  // never yet
  };

  void run();
  void take_news(Instant now, ports::StoreCompletion&& done);
  std::vector<Reach> reach(Instant now);
  void tell_left(Instant now);
  void look_around(Instant now);
  Instant next_deadline() const;
  bool is_marked() const;

  // The thread's.
  Calls calls_;
  core::Lease lease_;
  std::uint16_t self_;
  Isolation isolation_;
  ports::View view_;
  std::map<std::uint16_t, Voice> voices_;
  Instant looked_at_{};
  bool was_home_ = false;
  bool leaving_ = false;
  bool told_left_ = false;
  bool is_out_ = false;

  std::mutex mutex_;  // of what follows
  std::condition_variable changed_;
  std::optional<ports::StoreCompletion> answer_;
  bool hurry_ = false;
  bool leave_ = false;
  bool stop_ = false;
  std::thread thread_;
};

}  // namespace starling::runtime
