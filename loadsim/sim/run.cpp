#include "loadsim/sim/run.h"

#include <array>

#include "loadsim/sim/rest.h"
#include "loadsim/sim/world.h"

namespace starling::sim {
namespace {

/// What is never healed, and the last silence, use the means of these faults: that is no effect of a fault.
constexpr std::array kMeans{users::FaultKind::RingDrop, users::FaultKind::BusDrop, users::FaultKind::Cut,
                            users::FaultKind::ClientSlow, users::FaultKind::ClientOffline};

/// The log grows and not a word of it arrives: nobody speaks any more, so only digests and heartbeats can tell.
void end_with_a_lost_word(World& world) {
  world.bus().drop_in_rings(1000, world.context().now() + 300ms);
  world.nemesis().register_in_silence();
}

}  // namespace

RunReport run(const Options& options, Recording* recording) {
  probe_counts = {};
  World world(options, recording);
  world.populate();
  world.run_until(Instant() + options.heal_at);
  const FaultTallies struck = world.context().tallies;
  if (!world.broken()) {
    world.nemesis().heal();
    world.nemesis().leave_unhealed();
  }
  world.slow_down(10);
  world.run_for(options.calm);
  world.slow_down(0);
  come_to_rest(world, options.rest_within);
  if (!world.broken()) end_with_a_lost_word(world);
  world.run_for(1s);
  come_to_rest(world, options.rest_within);
  if (world.nemesis().copied_back()) {
    // Who follows a room only by its head learns of another history when the room is opened.
    world.open_all_rooms();
    come_to_rest(world, options.rest_within);
  }
  sweep(world);

  const Context& context = world.context();
  RunReport report{.seed = options.seed,
                   .inputs = context.inputs,
                   .trace = context.trace.hash(),
                   .lasted = context.now().time_since_epoch(),
                   .probes = probe_counts,
                   .tallies = context.tallies,
                   .violations = context.violations.count(),
                   .first = context.violations.kept()};
  for (const users::FaultKind kind : kMeans) {
    report.tallies[static_cast<std::size_t>(kind)] = struck[static_cast<std::size_t>(kind)];
  }
  for (const auto& [id, log] : world.database().rooms()) report.events += log.head().value;
  return report;
}

}  // namespace starling::sim
