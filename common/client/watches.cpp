#include "common/client/watches.h"

#include <algorithm>
#include <utility>

namespace starling::client {

void Watches::drop_if_empty() {
  if (said_ != nullptr && said_->watches.empty() && !said_->away) said_.reset();
}

std::size_t Watches::users_with(const wire::Watch& watch) const {
  // A room without users costs the server as much as one with a single one.
  const auto cost = [](const wire::Watch& w) { return std::max<std::size_t>(w.users.size(), 1); };
  std::size_t users = cost(watch);
  if (said_ == nullptr) return users;
  for (const wire::Watch& each : said_->watches) users += each.room == watch.room ? 0 : cost(each);
  return users;
}

bool Watches::set(wire::Watch watch) {
  const bool nothing = watch.users.empty() && !watch.receipts;
  if (said_ == nullptr) {
    if (nothing) return false;
    said_ = std::make_unique<Said>();
  }
  const auto at = std::ranges::find(said_->watches, watch.room, &wire::Watch::room);
  if (at == said_->watches.end()) {
    if (nothing) return false;
    said_->watches.push_back(std::move(watch));
    return true;
  }
  if (*at == watch) return false;
  if (nothing) {
    said_->watches.erase(at);
    drop_if_empty();
  } else {
    *at = std::move(watch);
  }
  return true;
}

bool Watches::set_away(bool away) {
  if ((said_ != nullptr && said_->away) == away) return false;
  if (said_ == nullptr) said_ = std::make_unique<Said>();
  said_->away = away;
  drop_if_empty();
  return true;
}

void Watches::forget(RoomId room) {
  if (said_ == nullptr) return;
  std::erase_if(said_->watches, [&](const wire::Watch& each) { return each.room == room; });
  drop_if_empty();
}

void Watches::repeat(std::vector<wire::ClientFrame>& frames) const {
  if (said_ == nullptr) return;
  if (said_->away) frames.emplace_back(wire::SetPresence{.away = true});
  for (const wire::Watch& watch : said_->watches) frames.emplace_back(watch);
}

}  // namespace starling::client
