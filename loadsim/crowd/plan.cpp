#include "loadsim/crowd/plan.h"

#include <numeric>
#include <utility>

#include "common/base/assert.h"
#include "common/base/rng.h"

namespace starling::crowd {
namespace {

constexpr std::uint64_t kPlanStream = 0xC40;

/// Of `a`, which has no divisor in common with `n`: Euclid's extended algorithm.
std::uint64_t inverse_of(std::uint64_t a, std::uint64_t n) {
  std::int64_t t = 0;
  std::int64_t next_t = 1;
  auto r = static_cast<std::int64_t>(n);
  auto next_r = static_cast<std::int64_t>(a % n);
  while (next_r != 0) {
    const std::int64_t quotient = r / next_r;
    t = std::exchange(next_t, t - quotient * next_t);
    r = std::exchange(next_r, r - quotient * next_r);
  }
  return static_cast<std::uint64_t>(t < 0 ? t + static_cast<std::int64_t>(n) : t);
}

}  // namespace

std::vector<Plan::Shuffle> Plan::shuffles(const Size& size, std::uint64_t seed) {
  STARLING_ASSERT(size.members >= 2 && size.users >= size.members && size.users % size.members == 0);
  std::vector<Shuffle> shuffles;
  for (std::uint32_t pass = 0; pass < size.passes; ++pass) {
    std::uint64_t a = 1 + draw(seed, kPlanStream, pass, 2 * std::uint64_t{size.cluster}) % size.users;
    while (std::gcd(a, std::uint64_t{size.users}) != 1) ++a;
    const std::uint64_t b = draw(seed, kPlanStream, pass, 2 * std::uint64_t{size.cluster} + 1) % size.users;
    shuffles.push_back({.a = a, .b = b, .inverse = inverse_of(a, size.users)});
  }
  return shuffles;
}

Place Plan::place_of(std::uint32_t user, std::uint32_t pass) const {
  const Shuffle& s = shuffles_[pass];
  const auto slot = static_cast<std::uint32_t>((s.a * user + s.b) % size_.users);
  return {.room = pass * rooms_a_pass() + slot / size_.members, .seat = slot % size_.members};
}

std::uint32_t Plan::user_at(Place place) const {
  const std::uint32_t pass = pass_of(place.room);
  const Shuffle& s = shuffles_[pass];
  const std::uint64_t slot = std::uint64_t{place.room - pass * rooms_a_pass()} * size_.members + place.seat;
  return static_cast<std::uint32_t>(s.inverse * (slot + size_.users - s.b) % size_.users);
}

}  // namespace starling::crowd
