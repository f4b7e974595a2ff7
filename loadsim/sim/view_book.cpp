#include "loadsim/sim/view_book.h"

#include <utility>

#include "loadsim/sim/context.h"

namespace starling::sim {

/// True when the nodes are others than before.
bool ViewBook::take_seat(const ports::KeepLease& request) {
  const auto mine = std::ranges::find(seats_, request.node.first, [](const Seat& seat) { return seat.node.first; });
  if (mine != seats_.end() && mine->node.boot == request.node.boot) {
    mine->left = request.lease;
    return std::exchange(mine->node, request.node) != request.node;
  }
  if (request.known || (mine != seats_.end() && mine->node.boot > request.node.boot)) return false;
  if (mine != seats_.end()) seats_.erase(mine);
  const auto before = [&](const Seat& seat) { return seat.node.first < request.node.first; };
  seats_.insert(std::ranges::find_if_not(seats_, before), {.node = request.node, .left = request.lease});
  return true;
}

ports::LeaseKept ViewBook::keep(const ports::KeepLease& request, Instant now) {
  const Duration passed = std::clamp(now - kept_at_, Duration::zero(), request.lease / 2);
  kept_at_ = now;
  for (Seat& seat : seats_) seat.left -= passed;
  bool changed = take_seat(request);
  changed = std::erase_if(seats_, [](const Seat& seat) { return seat.left <= Duration::zero(); }) > 0 || changed;
  if (changed) {
    last_ = last_.next();
    views_.push_back({.id = last_});
    for (const Seat& seat : seats_) views_.back().add(seat.node);
    if (views_.size() > ports::kViewsKept) views_.pop_front();
  }
  const auto is_mine = [&](const Seat& s) { return s.node == request.node; };
  if (std::ranges::none_of(seats_, is_mine)) return {};
  if (request.known && request.known.next() < views_.front().id) return {};  // too old to be told what has moved since
  ports::LeaseKept kept{.kept = true, .now = true_wall(now)};
  for (const ports::View& view : views_) {
    if (request.known ? view.id > request.known : &view == &views_.back()) kept.views.push_back(view);
  }
  return kept;
}

}  // namespace starling::sim
