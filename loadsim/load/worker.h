// A worker process: its share of the users, one thread, one loop. The coordinator commands it and hears of it once a
// second.
#pragma once

#include <cstdint>
#include <optional>
#include <queue>
#include <vector>

#include "loadsim/load/channel.h"
#include "loadsim/load/connections.h"
#include "loadsim/load/endpoint.h"
#include "loadsim/load/user_world.h"

namespace starling::load {

struct WorkerPlan {
  std::uint32_t first = 0;  // of the users
  std::uint32_t count = 0;
  std::uint32_t source = 0;  // address of its first connections, in host order
  std::vector<Node> nodes;
};

class Worker {
 public:
  Worker(UserWorld& world, const WorkerPlan& plan, Channel channel);

  /// Returns when the coordinator says so, or is gone.
  void run();

 private:
  struct NextAction {
    Instant at;
    std::uint32_t slot = 0;
    std::uint64_t number = 0;  // of the user's steps
    bool operator>(const NextAction& other) const { return at > other.at; }
  };

  void turn();
  void wait(Instant now);
  bool obey(Instant now);
  void on(const Command& command, Instant now);
  void found(Instant now);
  void ramp(const Command& command, Instant now);
  void load(const Command& command, Instant now);
  void quiesce(Instant now);
  void freeze(Instant now);
  void hit(const Command& command, Instant now);
  void await_rehoming(const Command& command);
  void list_rooms();
  void sweep(const Command& command);
  void act_due(Instant now);
  void act(const NextAction& next);
  void schedule(const NextAction& last);
  void pump_founding(Instant now);

  void tick(Instant now);
  void report_violations();
  void report(ReportKind kind, const std::string& text);
  report::Gauges gauges(Instant now) const;
  void blame();

  UserWorld& world_;
  Channel channel_;
  Connections connections_;
  std::priority_queue<NextAction, std::vector<NextAction>, std::greater<>> actions_;
  std::vector<std::byte> messages_;
  std::vector<Node> nodes_;
  std::uint32_t first_;
  Instant next_tick_;
  std::size_t violations_told_ = 0;
  bool founding_ = false;
  bool running_ = true;
};

}  // namespace starling::load
