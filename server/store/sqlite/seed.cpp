#include "server/store/sqlite/seed.h"

#include "server/store/people.h"
#include "server/store/sqlite/account_rows.h"
#include "server/store/sqlite/errors.h"
#include "server/store/sqlite/migrate.h"
#include "server/store/sqlite/room_create.h"
#include "server/store/sqlite/sqlite.h"

namespace starling::store {
namespace {

constexpr int kBusyTimeoutMs = 5000;
constexpr int kCacheKib = 64 * 1024;
/// One fsync a thousand rooms.
constexpr std::uint64_t kRoomsPerTransaction = 1000;

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
  SeedRooms rooms(plan);
  SeedReport report;
  while (const auto next = rooms.next()) {
    if (!connection.in_transaction()) connection.exec("BEGIN IMMEDIATE");
    if (create.make({.room = next->room, .title = next->title, .now = plan.now}, next->members)) {
      ++report.rooms_made;
      report.members += next->members.size();
    } else {
      ++report.rooms_existing;
    }
    if (next->room.value % kRoomsPerTransaction == 0 || next->room.value == plan.rooms) connection.exec("COMMIT");
  }
  return report;
}

}  // namespace

Result<SeedReport, std::string> seed(const std::string& path, const SeedPlan& plan) {
  if (auto refused = refusal(plan)) return tl::unexpected(*refused);
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
