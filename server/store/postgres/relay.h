// Tells the people's database what a part of the rooms says of people (docs/decisions/0029): what its transactions have put into
// their outbox goes there in order, once, whoever else relays the same, and whatever was left by whom.
#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "common/base/ids.h"
#include "server/ports/store.h"
#include "server/store/postgres/bounded_session.h"
#include "server/store/postgres/call.h"
#include "server/store/postgres/part.h"
#include "server/store/postgres/rows.h"

namespace starling::postgres {

/// Of a part's outbox, to the people's database: one run of rows at a time. Throws Failed.
class OutboxRun {
 public:
  OutboxRun(BoundedSession& part, BoundedSession& people, bool replicated)
      : part_(&part), people_(&people), replicated_(replicated) {}

  struct Told {
    std::uint64_t rows = 0;  // that nobody had told before
    bool all = false;        // nothing is left of what was there when it began
  };
  Told of_rooms(const std::vector<RoomId>& rooms);
  Told of_all();

 private:
  Told tell(Call read);

  BoundedSession* part_;
  BoundedSession* people_;
  bool replicated_;
};

/// Of a tool: all that was not told yet. Throws Failed.
void tell_people(const Databases& databases);

/// A thread of its own, with a connection to each of the two.
class Relay {
 public:
  struct Config {
    std::string part;
    std::string people;
    bool replicated = true;
  };
  using Clock = std::chrono::steady_clock;
  using Complete = std::function<void(ShardId, ports::StoreCompletion&&)>;
  /// The first row of an answer; null: it may or may not have happened.
  using Take = std::function<void(const Rows*)>;

  Relay(Config config, Complete complete);
  Relay(const Relay&) = delete;
  Relay& operator=(const Relay&) = delete;
  ~Relay() { close(); }
  /// Answers what came, as well as it can, then stops.
  void close();

  /// Any thread. A completion that is good: it is answered when the people's database has all that was said in the room before;
  /// as Unknown when that takes longer than limits::kRelayPatience.
  void answer(RoomId room, ShardId shard, ports::StoreCompletion&& completion);
  /// Any thread. One transaction at the part, beside the store's own.
  void ask(Call call, Take take);

  /// Rows that this process was the first to tell.
  std::uint64_t told() const { return told_.load(std::memory_order_relaxed); }
  /// Since nothing was left to tell, as far as is known.
  std::chrono::seconds behind() const;

 private:
  struct Waiting {
    RoomId room;
    ShardId shard;
    ports::StoreCompletion completion;
    Clock::time_point until;
  };
  struct Question {
    Call call;
    Take take;
  };

  void run();
  /// False once it is closed, and nothing has come since.
  bool wait();
  void connect();
  void put_questions();
  void tell_waiting();
  void sweep();
  void count(const OutboxRun::Told& told);
  void lose();
  void give_up();

  Config config_;
  Complete complete_;
  std::shared_ptr<Resolver> part_resolver_;
  std::shared_ptr<Resolver> people_resolver_;
  std::atomic<std::uint64_t> told_ = 0;
  std::atomic<Clock::rep> emptied_;

  std::mutex mutex_;  // of what follows
  std::condition_variable wake_;
  std::vector<Waiting> inbox_;
  std::vector<Question> asked_;
  bool closed_ = false;

  // Of its thread.
  std::optional<BoundedSession> part_;
  std::optional<BoundedSession> people_;
  std::size_t first_host_ = 0;
  std::vector<Waiting> waiting_;
  std::vector<Question> questions_;
  bool ends_ = false;
  Clock::time_point sweep_at_;
  Clock::time_point connect_at_;
  std::thread thread_;
};

}  // namespace starling::postgres
