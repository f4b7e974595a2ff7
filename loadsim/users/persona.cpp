#include "loadsim/users/persona.h"

#include <cmath>

#include "common/base/assert.h"
#include "common/base/rng.h"

namespace starling::users {
namespace {

constexpr std::uint64_t kActionStream = 0xAC;
constexpr std::uint64_t kWaitStream = 0x3A;
/// A wait is at most so many means: one in two million is cut.
constexpr double kWaitMeansMax = 15;

Action pick(const Persona& persona, std::uint64_t drawn) {
  std::uint64_t total = 0;
  for (const std::uint32_t weight : persona.weights) total += weight;
  STARLING_ASSERT(total > 0);
  std::uint64_t at = scale(drawn, total);
  for (std::size_t i = 0; i < kActions; ++i) {
    if (at < persona.weights[i]) return static_cast<Action>(i);
    at -= persona.weights[i];
  }
  return Action::Send;
}

}  // namespace

Step nth_step(const Persona& persona, std::uint64_t seed, std::uint32_t user, std::uint64_t n) {
  STARLING_ASSERT(persona.acts());
  const double u = static_cast<double>((draw(seed, kWaitStream, user, n) >> 11) + 1) * 0x1p-53;  // (0, 1]
  const double means = std::min(-std::log(u), kWaitMeansMax);
  return {.action = pick(persona, draw(seed, kActionStream, user, n)),
          .wait = Duration(static_cast<Duration::rep>(means * static_cast<double>(persona.think.count())))};
}

}  // namespace starling::users
