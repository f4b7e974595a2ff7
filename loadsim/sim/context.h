// What the parts of one simulated world share: time, chance, the trace and the list of broken promises. One thread.
#pragma once

#include <array>
#include <cstdint>

#include "common/base/rng.h"
#include "loadsim/check/violation.h"
#include "loadsim/sim/event_wheel.h"
#include "loadsim/sim/options.h"

namespace starling::sim {

/// The streams of chance. Each draw is a function of (seed, stream, entity, n): taking a fault away leaves all else.
enum class Stream : std::uint64_t {
  Population = 1,
  ShardSeed,
  DeviceSeed,
  Latency,
  RingLatency,
  RingDrop,
  StoreLatency,
  StoreFault,
  DiskLatency,
  LazyRemoval,
  Dial,
  Action = 13,  // the numbers stay: with another one every seed is another run
  Fault,
  Swarm,
  Segment,
  Fate,
  NodeChoice,
  Bus,
  Directory,
  kCount
};

/// A hash over every input and effect: the same seed must give the same one.
class Trace {
 public:
  void add(std::uint64_t what, std::uint64_t a = 0, std::uint64_t b = 0) {
    hash_ = mix64(mix64(mix64(hash_ ^ what) ^ a) ^ b);
  }
  std::uint64_t hash() const { return hash_; }

 private:
  std::uint64_t hash_ = 0x57A1;
};

/// How often a fault was put in, and how often it made a difference.
struct FaultTally {
  std::uint64_t injected = 0;
  std::uint64_t effective = 0;
};
using FaultTallies = std::array<FaultTally, users::kFaultKinds>;

class Recording;

/// What a clock shows that is right.
inline WallTime true_wall(Instant now) {
  constexpr WallTime kBeginning = wall_from_ms(1'767'225'600'000);  // 2026-01-01
  return kBeginning + std::chrono::floor<std::chrono::milliseconds>(now.time_since_epoch());
}

struct Context {
  explicit Context(Options chosen, Recording* keep = nullptr) : options(std::move(chosen)), recording(keep) {}

  const Options options;
  EventWheel wheel;
  Trace trace;
  check::Violations violations;
  FaultTallies tallies{};
  Recording* const recording;  // null: nobody wants to see
  std::uint64_t inputs = 0;    // to shards and engines: what a run is measured in

  Instant now() const { return wheel.now(); }
  /// Rings lost something: what is shown may be behind until it is mended.
  void lost() { lossy_until_ = std::max(now(), hindered_until_) + kRepair; }
  /// A loss cannot be mended before then: the process stands still, or its store cannot be read.
  void hinder_repair(Instant until) {
    hindered_until_ = std::max(hindered_until_, until);
    if (is_lossy()) lossy_until_ = std::max(lossy_until_, until + kRepair);
  }
  bool is_lossy() const { return now() < lossy_until_; }

  FaultTally& tally(users::FaultKind kind) { return tallies[static_cast<std::size_t>(kind)]; }

  /// The n-th draw of an entity from a stream.
  std::uint64_t draw_at(Stream stream, std::uint64_t entity, std::uint64_t n) const {
    return draw(options.seed, static_cast<std::uint64_t>(stream), entity, n);
  }
  /// The next draw of an entity that counts its own draws.
  std::uint64_t next_draw(Stream stream, std::uint64_t entity, std::uint64_t& count) const {
    return draw_at(stream, entity, ++count);
  }

 private:
  static constexpr Duration kRepair = 4s;  // two seconds to find and mend a loss, two for what was asked meanwhile

  Instant lossy_until_{};
  Instant hindered_until_{};
};

inline Duration within(Span span, std::uint64_t random) {
  const auto width = static_cast<std::uint64_t>((span.most - span.least).count());
  return span.least + Duration(static_cast<Duration::rep>(scale(random, width + 1)));
}

inline bool chance(std::uint64_t random, std::uint32_t permille) { return scale(random, 1000) < permille; }

}  // namespace starling::sim
