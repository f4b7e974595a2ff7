// One run at one rate: warm up, measure, wait for what is still under way, report.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "common/base/time.h"
#include "tests/bench/wire_load/schedule.h"
#include "tests/bench/wire_load/tally.h"

namespace starling::bench {

struct RunPlan {
  double per_s = 0;  // sends, over all rooms
  Duration warm{};
  Duration measure{};
  Duration drain_max = std::chrono::seconds(30);
  std::uint64_t seed = 1;
};

class Run {
 public:
  Run(const RunPlan& plan, int server_pid, Tally& tally, Instant now);

  /// When the next send is meant to go; kNever when no more will.
  Instant next_send() const { return now_sending() ? schedule_.next() : kNever; }
  Schedule& schedule() { return schedule_; }

  enum class Mark : std::uint8_t { None, Begin, End, Done };
  /// What the time has brought about; call it at every turn.
  /// `behind`: readers of heads that have not heard of the newest one.
  Mark progress(Instant now, std::size_t behind);
  Instant next_mark() const;

  /// One line of JSON.
  std::string report(std::size_t behind) const;

 private:
  struct Usage {
    Instant at;
    Duration server{};
    Duration load{};
  };
  bool now_sending() const { return schedule_.next() < tally_.window_end; }
  Usage usage(Instant now) const;

  Tally& tally_;
  int server_pid_;
  Schedule schedule_;
  Duration drain_max_;
  std::optional<Usage> begin_;
  std::optional<Usage> end_;
};

}  // namespace starling::bench
