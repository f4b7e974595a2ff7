// A kind of user: what it does, how often, and how fast. All its choices are counter-based draws, so a user's day does
// not depend on how quickly anybody answers it (an open model), and is the same in every run of one seed.
#pragma once

#include <array>
#include <cstdint>
#include <string>

#include "common/base/time.h"
#include "loadsim/users/action.h"

namespace starling::users {

struct Persona {
  std::string name;
  std::uint32_t share = 1;  // of the users, relative to the other personas
  /// Mean time between two actions of one user, exponentially distributed. Zero: the user only listens.
  Duration think{};
  /// Relative, in thousandths.
  std::array<std::uint32_t, kActions> weights{};
  std::uint32_t message_bytes = 128;
  bool talk = false;  // sentences for people to read, whatever message_bytes says
  /// Nothing is read from the connection for `stall`, from `stall_at` after the start.
  Duration stall_at{};
  Duration stall{};

  bool acts() const { return think > Duration::zero(); }
};

/// The n-th action of a user, and how long after the one before.
struct Step {
  Action action = Action::Send;
  Duration wait{};
};
Step nth_step(const Persona& persona, std::uint64_t seed, std::uint32_t user, std::uint64_t n);

}  // namespace starling::users
