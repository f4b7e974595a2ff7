#include "server/store/seed_plan.h"

#include <algorithm>
#include <utility>

#include "server/store/people.h"

namespace starling::store {

std::optional<std::string> refusal(const SeedPlan& plan) {
  if (plan.users != 0 && plan.rooms != 0 && plan.members_per_room != 0) return std::nullopt;
  return "nothing to seed: give at least one user, one room and one member a room";
}

SeedRooms::SeedRooms(const SeedPlan& plan) : plan_(plan), rng_(plan.seed), next_card_(plan.users) {
  for (std::uint64_t i = 0; i < plan.users; ++i) cards_.emplace_back(plan.first_user + i);
}

std::optional<SeedRoom> SeedRooms::next() {
  if (room_ == plan_.rooms) return std::nullopt;
  ++room_;
  return SeedRoom{.room = RoomId(room_),
                  .title = plan_.people ? made_up_title(room_) : "room " + std::to_string(room_),
                  .members = deal(std::min(plan_.members_per_room, plan_.users))};
}

/// `count` distinct users; at most as many as there are.
std::vector<UserId> SeedRooms::deal(std::uint64_t count) {
  std::vector<UserId> hand;
  while (hand.size() < count) {
    if (next_card_ == cards_.size()) shuffle();
    // Only the room that sees the end of a deck can meet its own members again in the next one.
    std::size_t at = next_card_;
    while (std::find(hand.begin(), hand.end(), cards_[at]) != hand.end()) ++at;
    std::swap(cards_[at], cards_[next_card_]);
    hand.push_back(cards_[next_card_++]);
  }
  return hand;
}

void SeedRooms::shuffle() {
  for (std::size_t i = cards_.size(); i > 1; --i) std::swap(cards_[i - 1], cards_[rng_.below(i)]);
  next_card_ = 0;
}

}  // namespace starling::store
