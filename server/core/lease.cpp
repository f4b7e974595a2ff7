#include "server/core/lease.h"

#include <algorithm>
#include <utility>

#include "common/base/assert.h"
#include "common/base/mutant.h"

namespace starling::core {
namespace {
/// However many speak of a later view, the store is asked no more often.
constexpr Duration kHurry = std::chrono::milliseconds(20);

std::chrono::milliseconds since_start(Instant at) {
  return std::chrono::floor<std::chrono::milliseconds>(at.time_since_epoch());
}
}  // namespace

WallTime held_to(const StoreClock& store, Now now) {
  if (!store || mutant(Mutant::M15_ClockUnclamped)) return now.wall;
  const WallTime told(since_start(now.at) + *store);
  return std::clamp(now.wall, told - kClocksApart, told + kClocksApart);
}

std::optional<ports::KeepLease> Lease::ask(Now now) {
  if (asking_ || now.at < ask_at_) return std::nullopt;
  asking_ = true;
  again_ = false;
  asked_at_ = now.at;
  ports::KeepLease keep{.node = self_, .lease = config_.node_lease, .known = known_};
  if (mutant(Mutant::M18_WallClockLease)) {
    if (!known_) first_ = now;
    keep.lease = std::max<Duration>(keep.lease + (now.wall - first_.wall) - (now.at - first_.at), kHurry);
  }
  return keep;
}

Lease::News Lease::answered(Instant now, ports::StoreCompletion&& done) {
  STARLING_ASSERT(std::exchange(asking_, false));
  auto* kept = std::get_if<ports::LeaseKept>(&done.result);
  if (done.status != ports::StoreStatus::Ok || kept == nullptr) {
    ask_at_ = now + config_.store_retry;
    return {};
  }
  if (!kept->kept) return {.out = true, .views = {}};
  // The store began to count after it was asked.
  until_ = asked_at_ + config_.node_lease;
  if (kept->now != WallTime()) store_clock_ = kept->now.time_since_epoch() - since_start(now);
  ask_at_ = asked_at_ + (again_ ? kHurry : config_.node_lease / 3);
  for (const ports::View& view : kept->views) {
    const ports::ViewNode* mine = view.node_of(self_.first);
    if (mine == nullptr || mine->boot != self_.boot) return {.out = true, .views = {}};
    known_ = view.id;
    left_ = left_ || mine->leaving;
  }
  return {.out = false, .views = std::move(kept->views)};
}

void Lease::hurry(Instant now) {
  again_ = asking_;
  ask_at_ = std::min(ask_at_, std::max(now, asked_at_ + kHurry));
}

void Lease::look_closer(std::size_t nodes) {
  ask_at_ = std::min(ask_at_, asked_at_ + config_.node_lease * static_cast<int>(std::min<std::size_t>(nodes, 8)) / 24);
}

void Lease::leave(Instant now) {
  self_.leaving = true;
  hurry(now);
}

}  // namespace starling::core
