// A connection for good, through all that happens to it: operations go in, completions come out. Those of one key are done in
// order; reads of one kind that come while others of it are under way go together next, as one. What is answered Ok is proven
// (docs/decisions/0013, 0018, 0027): a write by its own commit, a read by a barrier that follows it on the same connection, so
// on the same server.
#pragma once

#include <algorithm>
#include <array>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "common/base/ids.h"
#include "server/ports/store.h"
#include "server/store/health.h"
#include "server/store/postgres/config.h"
#include "server/store/postgres/counters.h"
#include "server/store/postgres/exchange.h"
#include "server/store/postgres/limits.h"
#include "server/store/postgres/link.h"
#include "server/store/postgres/scout.h"

namespace starling::postgres {

struct Job {
  ShardId shard;
  ports::StoreOp op;
  bool alone = false;  // it cannot be answered together with others
};

/// What a store writes over a connection to the primary. Whoever sees it follows that primary.
struct Beacon {
  std::int64_t store = 0;  // of the lane, whichever process has it
  std::int64_t nonce = 0;  // of the connection; 0: there is none
};

/// Owner: a loop's thread, but for `health`.
class Lane {
 public:
  static constexpr std::size_t kKinds = std::variant_size_v<ports::StoreRequest>;
  using Clock = std::chrono::steady_clock;
  using Finish = std::function<void(Job&&, ports::StoreStatus, ports::StoreResult&&)>;
  struct Options {
    std::string conninfo;
    std::shared_ptr<Resolver> resolver;
    std::shared_ptr<Scout> scout = std::make_shared<Scout>();  // or one that it shares with others
    Access access = Access::Write;
    bool replicated = true;
    std::chrono::milliseconds gather{};
    std::int64_t beacon_store = 0;
    /// Of a standby's: pages are only good when this is seen there.
    const Beacon* follows = nullptr;
  };
  struct Shared {
    Counters& counters;
    /// Finds out when the history of the log is another one: true for the one that the store began with.
    std::function<bool(std::int64_t history)> same_history;
    Finish finish;
  };
  Lane(Options options, Shared shared);

  /// It goes out with the next pump.
  void submit(Job&& job);
  void pump();
  /// What was read elsewhere under this lane's beacon: answered when a barrier has proven it.
  void prove(Job&& job, ports::StoreResult&& result);

  int fd() const { return link_ ? link_->fd() : -1; }
  short events() const { return link_ ? link_->events() : 0; }
  /// After poll, whatever it has found.
  void advance();
  /// Whoever waits is answered, and the connection ends.
  void close() { lose("the store is closed", Clock::now()); }
  /// Nobody waits for an answer.
  bool idle() const;
  bool ready() const { return state_ == State::Ready && !silent_; }
  const Beacon& beacon() const { return beacon_; }

  const store::Health& health() const { return health_; }
  bool looks_for_primary() const { return options_.scout->looks(this); }
  std::size_t waiting() const { return waiting_count_.load(std::memory_order_relaxed); }

 private:
  enum class State : std::uint8_t { Down, Connecting, Greeting, Ready };
  enum class Kind : std::uint8_t { Greeting, Work, Barrier, Check };
  struct Turn {
    Kind kind = Kind::Work;
    std::vector<Job> jobs;  // of Work, until they are answered: one, or some that go together
    bool carefully = false;
    std::int64_t nonce = 0;  // of the beacon that a standby was asked for
    Clock::time_point sent;
  };
  struct Held {
    Job job;
    ports::StoreResult result;
    bool next = false;  // the barrier that is under way went out before it was read: the next one proves it
  };

  /// Reads are followed by a barrier; a write brings its own.
  bool barred() const { return options_.replicated && options_.access == Access::Read; }

  void connect();
  void greet(Clock::time_point now);
  void greeted(const Outcome& outcome, Clock::time_point now);
  void pump(Clock::time_point now);
  /// Reads like this one have been sent, and not all are answered.
  bool under_way(const ports::StoreRequest& request) const;
  /// More of them may come. `waiting`: how many there are.
  bool gathers(const ports::StoreRequest& request, std::size_t waiting, Clock::time_point now) const;
  /// How many of those that wait go as one, at most.
  std::size_t together_now(const ports::StoreRequest& request) const {
    return std::min(together_max(request), together_);
  }
  std::vector<Job> take_with(Job&& first);
  void send(std::vector<Job>&& jobs, bool carefully, Clock::time_point now);
  void send_barrier(Clock::time_point now);
  void check(Clock::time_point now);
  void settle(Turn&& turn, Outcome&& outcome, Clock::time_point now);
  void settle_work(Turn&& turn, Outcome&& outcome, Clock::time_point now);
  void settle_failed(Turn&& turn, const Outcome& outcome, Clock::time_point now);
  void settle_refused(Turn&& turn, Clock::time_point now);
  void settle_barrier(const Outcome& outcome, Clock::time_point now);
  /// Of an exchange that failed; the connection may be lost by it.
  void note_fault(const Outcome& outcome, Clock::time_point now);
  void succeed(Job&& job, ports::StoreResult&& result);
  void answer(Job&& job, ports::StoreStatus status, ports::StoreResult&& result = ports::Done{});
  void answer_all(std::vector<Job>&& jobs, ports::StoreStatus status);
  /// Next, one by one.
  void ask_alone(std::vector<Job>&& jobs);
  /// False, for ever: what the store knows is of another history. Nothing more may be written into this one.
  bool belongs(const Rows& hello);
  /// The connection is no more.
  void lose(const std::string& why, Clock::time_point now);
  /// Whoever waits is told something; the connection may still answer.
  void give_up_waiting();
  void watch(Clock::time_point now);
  void count_waiting() { waiting_count_.store(waiting_.size() + sent_.size(), std::memory_order_relaxed); }

  Options options_;
  Shared shared_;
  store::Health health_;
  std::atomic<std::size_t> waiting_count_ = 0;
  std::optional<Link> link_;
  State state_ = State::Down;
  std::uint64_t finds_ = 0;  // of the primary, when this connection lost it
  Beacon beacon_;
  std::deque<Job> waiting_;
  std::deque<Turn> sent_;
  std::vector<Held> held_;  // read, and not yet proven
  /// Reads that go as one: after some that were too slow half as many, and then twice as many each time.
  std::size_t together_ = limits::kTogetherMax;
  struct Gathered {
    std::size_t jobs = 0;
    Clock::time_point sent{};
  };
  std::array<Gathered, kKinds> gathered_{};  // that went last, of each kind
  bool barrier_sent_ = false;
  bool unproven_ = false;         // something was read since the last barrier went out
  bool silent_ = false;           // nothing was answered for too long
  Clock::time_point at_{};        // when Greeting began, or Down ends
  Clock::time_point answered_{};  // last
  Clock::time_point checked_{};   // likewise
  std::chrono::milliseconds back_off_{};
};

}  // namespace starling::postgres
