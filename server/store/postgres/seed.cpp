#include "server/store/postgres/seed.h"

#include <memory>
#include <utility>
#include <vector>

#include "server/ports/store.h"
#include "server/store/postgres/migrate.h"
#include "server/store/postgres/relay.h"
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

class Sessions {
 public:
  explicit Sessions(const std::vector<Database>& databases) {
    for (const Database& database : databases) all_.push_back(std::make_unique<Session>(database.conninfo));
  }
  Session& of(RoomId room) { return *all_[part_of(room, all_.size())]; }
  void run(Literal sql) {
    for (auto& session : all_) session->run(sql);
  }

 private:
  std::vector<std::unique_ptr<Session>> all_;
};

store::SeedReport make_rooms(Sessions& sessions, const store::SeedPlan& plan) {
  store::SeedRooms rooms(plan);
  store::SeedReport report;
  sessions.run("BEGIN");
  while (auto next = rooms.next()) {
    const std::uint64_t number = next->room.value;
    const std::size_t members = next->members.size();
    if (make(sessions.of(next->room), std::move(*next), plan.now)) {
      ++report.rooms_made;
      report.members += members;
    } else {
      ++report.rooms_existing;
    }
    if (number % kRoomsPerTransaction == 0) sessions.run("COMMIT; BEGIN");
  }
  // No device asks again for what was seeded.
  sessions.run("DELETE FROM created_rooms WHERE device = 0; COMMIT");
  return report;
}

}  // namespace

Result<store::SeedReport, std::string> seed(const Databases& databases, const store::SeedPlan& plan) {
  if (auto refused = store::refusal(plan)) return tl::unexpected(*refused);
  if (plan.people) {
    return tl::unexpected(std::string("people with names are for a demonstration on SQLite; leave --people out"));
  }
  for (const Database& database : databases.all()) {
    if (const auto ready = prepare(database); !ready) return tl::unexpected(ready.error().text);
  }
  try {
    Sessions sessions(databases.with_logs());
    const store::SeedReport report = make_rooms(sessions, plan);
    tell_people(databases);
    analyze(databases);
    return report;
  } catch (const Failed& failed) {
    return tl::unexpected(failed.error.text);
  }
}

}  // namespace starling::postgres
