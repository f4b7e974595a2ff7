#include "server/store/postgres/seed.h"

#include <utility>

#include "server/ports/store.h"
#include "server/store/postgres/migrate.h"
#include "server/store/postgres/session.h"

namespace starling::postgres {
namespace {

/// One fsync, and one wait for a standby, a thousand rooms.
constexpr std::uint64_t kRoomsPerTransaction = 1000;

/// As a server creates it; device 0 is nobody's.
bool make(Session& session, store::SeedRoom&& room, WallTime now) {
  const ports::StoreRequest request = ports::CreateRoom{.user = room.members.front(),
                                                        .device = DeviceId(0),
                                                        .request_id = room.room.value,
                                                        .proposed = room.room,
                                                        .title = std::move(room.title),
                                                        .members = std::move(room.members),
                                                        .now = now};
  return std::get<ports::RoomMade>(session.answer(request)).status == wire::CreateStatus::Created;
}

store::SeedReport make_rooms(Session& session, const store::SeedPlan& plan) {
  store::SeedRooms rooms(plan);
  store::SeedReport report;
  session.run("BEGIN");
  while (auto next = rooms.next()) {
    const std::uint64_t number = next->room.value;
    const std::size_t members = next->members.size();
    if (make(session, std::move(*next), plan.now)) {
      ++report.rooms_made;
      report.members += members;
    } else {
      ++report.rooms_existing;
    }
    if (number % kRoomsPerTransaction == 0) session.run("COMMIT; BEGIN");
  }
  // No device asks again for what was seeded.
  session.run("DELETE FROM created_rooms WHERE device = 0; COMMIT");
  return report;
}

}  // namespace

Result<store::SeedReport, std::string> seed(const std::string& conninfo, const store::SeedPlan& plan) {
  if (auto refused = store::refusal(plan)) return tl::unexpected(*refused);
  if (plan.people) {
    return tl::unexpected(std::string("people with names are for a demonstration on SQLite; leave --people out"));
  }
  if (const auto migrated = migrate(conninfo); !migrated) return tl::unexpected(migrated.error().text);
  try {
    Session session(conninfo);
    return make_rooms(session, plan);
  } catch (const Failed& failed) {
    return tl::unexpected(failed.error.text);
  }
}

}  // namespace starling::postgres
