// Keeps a node of several in the cluster's view: renews its lease in the store, hands every view to the node in order, and says
// when the others go on without it. The rules are core/lease.h's; this is its thread and its clock.
#pragma once

#include <condition_variable>
#include <functional>
#include <mutex>
#include <optional>
#include <thread>

#include "common/base/ids.h"
#include "server/core/lease.h"
#include "server/ports/store.h"
#include "server/ports/view.h"

namespace starling::runtime {

/// No shard's: completions for it are the membership's.
inline constexpr ShardId kMembershipShard{0xFFFE};

class Membership {
 public:
  /// Called on the membership's thread.
  struct Calls {
    std::function<void(ports::StoreOp&&)> ask;                      // its completion comes to answered()
    std::function<void(ports::View&&)> entered;                     // each after the one before
    std::function<void(Instant until, core::StoreClock)> extended;  // the lease
    std::function<void()> left;                                     // after leave(): nothing has its home here
    std::function<void()> put_out;                                  // the last call: the process must start anew
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
  void run();
  void take_news(Instant now, ports::StoreCompletion&& done);

  Calls calls_;
  core::Lease lease_;  // the thread's
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
