#include "loadsim/sim/run.h"

#include <array>

#include "loadsim/sim/rest.h"
#include "loadsim/sim/world.h"

namespace starling::sim {
namespace {

constexpr Duration kSilence = 1s;
/// G7's two seconds, and what a seed draws of latencies, retries and small budgets on top.
constexpr Duration kRepairWithin = 4s;

/// What is never healed uses the means of these faults: that is no effect of a fault.
constexpr std::array kMeans{users::FaultKind::RingDrop, users::FaultKind::BusDrop, users::FaultKind::Cut,
                            users::FaultKind::ClientSlow, users::FaultKind::ClientOffline};

/// Where something is lost for ever, a message that is lost holds up the flight behind it until it is asked again: what waits at
/// the heal takes longer, the more of it there is.
Duration rest_within(const Options& options) {
  return options.unhealed_loss_permille == 0 ? options.rest_within : 2 * options.rest_within;
}

/// Logs grow and not a word of it arrives: nobody speaks any more, so only digests and heartbeats can tell. Where these are
/// not lost, too, they have to do so in time.
void end_with_a_lost_word(World& world) {
  world.bus().swallow_events(world.context().now() + kSilence);
  world.nemesis().register_in_silence();
  world.run_for(kSilence);
  if (world.context().options.unhealed_loss_permille == 0 && !world.nemesis().copied_back()) {
    catch_up(world, kRepairWithin);
  }
  come_to_rest(world, rest_within(world.context().options));
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
  come_to_rest(world, rest_within(options));
  if (!world.broken()) end_with_a_lost_word(world);
  if (world.nemesis().copied_back()) {
    // Who follows a room only by its head learns of another history when the room is opened.
    world.open_all_rooms();
    come_to_rest(world, rest_within(options));
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
  return report;
}

}  // namespace starling::sim
