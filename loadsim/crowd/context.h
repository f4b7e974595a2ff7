// What the parts of a crowd share, and those of one cluster's world: time, chance, the trace, the faults that are on. One thread.
#pragma once

#include <cstdint>
#include <utility>
#include <vector>

#include "common/base/rng.h"
#include "loadsim/check/event_names.h"
#include "loadsim/check/violation.h"
#include "loadsim/crowd/options.h"
#include "loadsim/sim/event_wheel.h"

namespace starling::crowd {

enum class What : std::uint8_t {
  ShardTimer,   // a: shard, b: the deadline's ticket
  RingArrival,  // a: ring, b: the receiver's boot
  StoreDone,    // a: slot
  FlightLands,  // a: slot: what a shard sent in one turn reaches its devices
  UpArrives,    // a: slot: what a device sent reaches the server
  LeaseTimer,   // a: node, b: the timer's ticket
  NodeStarts,   // a: node, b: the boot that is over
  LineNoticed,  // a: shard, b: connection: the server finds that it is gone
  Comes,        // a: user: for the first time; then the next one does
  Dial,         // a: user
  Login,        // a: user, b: number of the attempt: the Hello reaches the server
  Acts,         // a: user, b: number of the action
  Visit,        // a: slice of the users: what waits for a timer is looked at
  FaultBegins,  // a: index into the schedule
};
/// 2 ms a tick: there is one wheel a cluster.
using Wheel = sim::TickWheel<What, 21, 11>;

enum class Stream : std::uint64_t {
  ShardSeed = 0xC50,
  Dial,
  Link,
  Flight,
  Ring,
  RingDrop,
  Store,
  StoreFault,
  Death,
  Fault,
  Choice,
};

inline Duration within(Span span, std::uint64_t random) {
  const auto width = static_cast<std::uint64_t>((span.most - span.least).count());
  return span.least + Duration(static_cast<Duration::rep>(scale(random, width + 1)));
}
inline bool chance(std::uint64_t random, std::uint32_t permille) { return scale(random, 1000) < permille; }

/// What was done and seen.
struct Tally {
  std::uint64_t deliveries = 0;      // events that a device was shown, each the next one of its room
  std::int64_t skipped = 0;          // events that resets went past; back over those that a second one repeats
  std::uint64_t again = 0;           // events that it had been shown before, and dropped
  std::uint64_t unsynced = 0;        // events of a room whose Sync was not answered yet, dropped
  std::uint64_t lost_in_flight = 0;  // to connections that were gone
  std::uint64_t sends = 0;
  std::uint64_t acks = 0;
  std::uint64_t resends = 0;
  std::uint64_t refused = 0;
  std::uint64_t logins = 0;
  std::uint64_t pages = 0;
  std::uint64_t envelopes = 0;
  std::uint64_t envelopes_dropped = 0;
  std::uint64_t inputs = 0;
  std::uint64_t cut = 0;     // connections
  std::uint64_t killed = 0;  // connections
  std::uint64_t replies_lost = 0;
};

/// A fault that strikes by chance, until a time.
struct Spell {
  std::uint32_t fault = 0;  // index into the scenario's
  std::uint32_t permille = 0;
  Instant until{};
};

/// What all clusters share.
struct Common {
  explicit Common(Options chosen) : options(std::move(chosen)), effects(options.scenario.faults.size()) {}

  const Options options;
  check::Violations violations;
  check::EventNames names;
  Tally tally;
  std::uint64_t trace = 0x57A1;
  std::vector<std::uint64_t> effects;  // of each fault of the scenario: what it struck
};

/// A cluster's world.
struct Context {
  explicit Context(Common& common)
      : options(common.options),
        violations(common.violations),
        names(common.names),
        tally(common.tally),
        trace(common.trace),
        effects(common.effects) {}

  const Options& options;
  check::Violations& violations;
  check::EventNames& names;
  Tally& tally;
  std::uint64_t& trace;
  std::vector<std::uint64_t>& effects;

  Wheel wheel;
  Spell ring_drop;
  Spell bus_drop;
  std::vector<Spell> bus_cuts;
  Spell lost_reply;

  Instant now() const { return wheel.now(); }
  void note(std::uint64_t what, std::uint64_t a) { trace = mix64(mix64(trace ^ what) ^ a); }
  std::uint64_t draw_at(Stream stream, std::uint64_t entity, std::uint64_t n) const {
    return draw(options.seed, static_cast<std::uint64_t>(stream), entity, n);
  }
  std::uint64_t next_draw(Stream stream, std::uint64_t entity) { return draw_at(stream, entity, ++drawn_); }
  bool strikes(const Spell& spell, std::uint64_t random) {
    const bool struck = now() < spell.until && chance(random, spell.permille);
    if (struck) ++effects[spell.fault];
    return struck;
  }

 private:
  std::uint64_t drawn_ = 0;
};

}  // namespace starling::crowd
