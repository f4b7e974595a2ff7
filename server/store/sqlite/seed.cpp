#include "server/store/sqlite/seed.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "common/base/rng.h"
#include "server/store/sqlite/account_rows.h"
#include "server/store/sqlite/errors.h"
#include "server/store/sqlite/migrate.h"
#include "server/store/sqlite/people.h"
#include "server/store/sqlite/room_create.h"
#include "server/store/sqlite/sqlite.h"

namespace starling::store {
namespace {

constexpr int kBusyTimeoutMs = 5000;
constexpr int kCacheKib = 64 * 1024;
/// One fsync a thousand rooms.
constexpr std::uint64_t kRoomsPerTransaction = 1000;

/// Deals users to rooms from a shuffled deck, and from a new one when it is used up: nobody is dealt twice while another
/// has not been dealt once.
class Deck {
 public:
  Deck(std::uint64_t first_user, std::uint64_t users, std::uint64_t seed) : rng_(seed), next_(users) {
    for (std::uint64_t i = 0; i < users; ++i) cards_.emplace_back(first_user + i);
  }

  /// `count` distinct users; at most as many as there are.
  std::vector<UserId> deal(std::uint64_t count) {
    std::vector<UserId> hand;
    while (hand.size() < count) {
      if (next_ == cards_.size()) shuffle();
      // Only the room that sees the end of a deck can meet its own members again in the next one.
      std::size_t at = next_;
      while (std::find(hand.begin(), hand.end(), cards_[at]) != hand.end()) ++at;
      std::swap(cards_[at], cards_[next_]);
      hand.push_back(cards_[next_++]);
    }
    return hand;
  }

 private:
  void shuffle() {
    for (std::size_t i = cards_.size(); i > 1; --i) std::swap(cards_[i - 1], cards_[rng_.below(i)]);
    next_ = 0;
  }

  Rng rng_;
  std::vector<UserId> cards_;
  std::size_t next_;
};

void make_accounts(Connection& connection, const SeedPlan& plan) {
  AccountRows accounts(connection);
  connection.exec("BEGIN IMMEDIATE");
  for (std::uint64_t i = 0; i < plan.users; ++i) {
    const ports::Account account = made_up_account(UserId(plan.first_user + i), plan.now);
    if (!accounts.find(account.profile.user) && !accounts.taken(account.profile)) accounts.insert(account);
  }
  connection.exec("COMMIT");
}

SeedReport make_rooms(Connection& connection, const SeedPlan& plan) {
  RoomCreate create(connection);
  Deck deck(plan.first_user, plan.users, plan.seed);
  const std::uint64_t members = std::min(plan.members_per_room, plan.users);
  SeedReport report;
  for (std::uint64_t room = 1; room <= plan.rooms; ++room) {
    if (!connection.in_transaction()) connection.exec("BEGIN IMMEDIATE");
    const std::vector<UserId> hand = deck.deal(members);
    const std::string title = plan.people ? made_up_title(room) : "room " + std::to_string(room);
    if (create.make({.room = RoomId(room), .title = title, .now = plan.now}, hand)) {
      ++report.rooms_made;
      report.members += hand.size();
    } else {
      ++report.rooms_existing;
    }
    if (room % kRoomsPerTransaction == 0 || room == plan.rooms) connection.exec("COMMIT");
  }
  return report;
}

}  // namespace

Result<SeedReport, std::string> seed(const std::string& path, const SeedPlan& plan) {
  if (plan.users == 0 || plan.rooms == 0 || plan.members_per_room == 0) {
    return tl::unexpected(std::string("nothing to seed: give at least one user, one room and one member a room"));
  }
  if (auto migrated = migrate(path); !migrated) return tl::unexpected(migrated.error());
  try {
    Connection connection({.path = path, .busy_timeout_ms = kBusyTimeoutMs, .cache_kib = kCacheKib});
    make_durable(connection);
    if (plan.people) make_accounts(connection, plan);
    return make_rooms(connection, plan);
  } catch (const SqliteError& error) {
    return tl::unexpected(explain(error, path));
  }
}

}  // namespace starling::store
