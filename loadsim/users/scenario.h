// A scenario as values: who, in which rooms, doing what, for how long, under which faults, and what is demanded.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "common/base/result.h"
#include "common/base/time.h"
#include "common/wire/frames.h"
#include "loadsim/users/faults/fault.h"
#include "loadsim/users/objective.h"
#include "loadsim/users/persona.h"

namespace starling::users {

using namespace std::chrono_literals;

struct RoomSettings {
  bool seeded = false;  // made by `starlingctl seed` beforehand, with users 1 to N; else through the protocol
  bool direct = false;  // rooms of two
  std::uint32_t count = 1;
  std::uint32_t members = 2;  // of each
  /// How a device subscribes to rooms it is not looking at.
  wire::SyncMode mode = wire::SyncMode::Full;
};

/// Beyond these the generator itself is to blame, and its figures mean nothing.
struct Fitness {
  Duration timer_lag_p99 = 50ms;          // of actions, against their intended time
  std::uint32_t worker_cpu_percent = 95;  // of one core, the busiest worker's mean
};

struct Scenario {
  std::string name;
  std::string about;
  std::uint32_t users = 50;
  Duration ramp = 1s;       // over which users connect
  Duration duration = 10s;  // of the load, after the ramp
  /// Devices keep outbox and cursors over a crash of theirs. Costs about 100 bytes a room.
  bool durable = true;
  RoomSettings rooms;
  std::vector<Persona> personas;
  std::vector<Objective> objectives;
  Fitness fitness;
  std::vector<Fault> faults;

  const Persona& persona_of(std::uint32_t user) const;
};

struct ScenarioError {
  std::uint32_t line = 0;  // 0: of the whole
  std::string message;     // what is wrong and how to put it right
  bool operator==(const ScenarioError&) const = default;
};
/// Every error, by line.
Result<Scenario, std::vector<ScenarioError>> parse_scenario(std::string_view toml);

/// What contradicts itself, whatever it came from: a file, or a file and the command line.
std::vector<std::string> contradictions(const Scenario& scenario);

namespace limits {

/// Of one run: what the tool was built for. Only simulated servers have so many (loadsim/crowd).
inline constexpr std::uint32_t kUsersMax = 10'000'000;
inline constexpr std::uint32_t kRoomsMax = 1'000'000;
inline constexpr Duration kDurationMax = 24h;

}  // namespace limits
}  // namespace starling::users
