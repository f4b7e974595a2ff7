#include "loadsim/users/scenario.h"

#include <algorithm>

#include "common/base/assert.h"
#include "common/wire/limits.h"

namespace starling::users {

const Persona& Scenario::persona_of(std::uint32_t user) const {
  std::uint32_t shares = 0;
  for (const Persona& persona : personas) shares += persona.share;
  STARLING_ASSERT(shares > 0);
  std::uint32_t at = user % shares;
  for (const Persona& persona : personas) {
    if (at < persona.share) return persona;
    at -= persona.share;
  }
  return personas.back();
}

std::vector<std::string> contradictions(const Scenario& scenario) {
  std::vector<std::string> found;
  const auto require = [&](bool good, const char* otherwise) {
    if (!good) found.emplace_back(otherwise);
  };
  const auto any_fault = [&](FaultKind kind) {
    return std::any_of(scenario.faults.begin(), scenario.faults.end(), [&](const Fault& f) { return f.kind == kind; });
  };
  require(!scenario.personas.empty(), "there is nobody: add a [[persona]]");
  require(scenario.durable || !any_fault(FaultKind::ClientCrash),
          "client.crash needs devices that keep something: remove 'durable = false'");
  const RoomSettings& rooms = scenario.rooms;
  require(!rooms.seeded || !rooms.direct, "seeded rooms are group rooms: remove one of 'source' and 'kind' of [rooms]");
  require(rooms.seeded || rooms.direct || rooms.members <= scenario.users,
          "rooms have more members than there are users: lower 'members' of [rooms], or raise 'users'");
  require(scenario.users >= 2 || !rooms.direct, "a direct room takes two users");
  for (const Fault& fault : scenario.faults) {
    if (fault.at > scenario.duration) {
      found.push_back("'" + to_string(fault) + "' comes after the end: raise 'duration'");
    }
  }
  return found;
}

}  // namespace starling::users
