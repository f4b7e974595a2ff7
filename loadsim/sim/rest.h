// Liveness: has everything come to rest, and if not, what waits for what?
#pragma once

#include <string>

#include "loadsim/sim/world.h"

namespace starling::sim {

/// Empty at rest: every outbox empty and stored, every cursor at its head, no reader behind, nothing queued. Otherwise
/// the first reasons, one a line. Who was given up is not waited for.
std::string unrest(const World& world);

/// Runs until the world is at rest; a violation of G15 with the reasons when it is not within the time.
void come_to_rest(World& world, Duration within);
/// Runs until every device has what the log has; a violation of G7 with the reasons when some do not within the time.
void catch_up(World& world, Duration within);

/// The end: the log by itself, and against everything that every device saw. The world is at rest.
void sweep(World& world);

}  // namespace starling::sim
