#include "server/store/postgres/raise_epochs.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <memory>
#include <vector>

#include "server/store/postgres/session.h"
#include "server/store/postgres/standstill.h"

namespace starling::postgres {
namespace {

void check_schema(Session& session) {
  if (!session.run("SELECT to_regclass('starling.rooms')").empty()) return;
  refuse(
      fmt::format("the database {} has no schema starling, so there is no log whose epochs could be raised; check "
                  "host and database of store.postgres",
                  session.database()));
}

/// A transaction on a database on which nobody else works, committed at the end.
class Still {
 public:
  explicit Still(const Database& database) : part_(database.part), session_(database.conninfo) {
    session_.run("BEGIN");
    session_.run("SET LOCAL lock_timeout = 0");
    session_.run("SET LOCAL statement_timeout = 0");
    session_.run("SET LOCAL idle_in_transaction_session_timeout = 0");
    session_.run("SET LOCAL synchronous_commit = local");
    check_schema(session_);
    if (!session_.run("SELECT to_regclass('starling.part')").empty()) check_part(session_, part_);
    stand_still(session_);  // what a node knows from the other history must not reach this one
  }
  const Part& part() const { return part_; }
  Session& session() { return session_; }

 private:
  Part part_;
  Session session_;
};

std::vector<RoomId> rooms_in(Session& session) {
  const Rows rows = session.ask("SELECT room_id FROM rooms");
  std::vector<RoomId> rooms;
  for (int i = 0; i < rows.count(); ++i) rooms.push_back(rows.as<RoomId>(i, 0));
  std::ranges::sort(rooms);
  return rooms;
}

/// Rooms that their part has no more.
std::uint64_t forget_lost(Session& people, Still& part) {
  std::vector<RoomId> known = rooms_in(people);
  std::erase_if(known, [&](RoomId room) { return part_of(room, part.part().parts) != part.part().number; });
  std::vector<RoomId> lost;
  std::ranges::set_difference(known, rooms_in(part.session()), std::back_inserter(lost));
  std::vector<std::int64_t> ids;
  for (const RoomId room : lost) ids.push_back(bigint_of(room));
  people.ask("SELECT forget_rooms($1)", Params().add_array(ids));
  return lost.size();
}

void copy_blocks(Session& people, Session& part) {
  const Rows rows = people.ask("SELECT user_id, blocked FROM blocks");
  std::vector<std::int64_t> users;
  std::vector<std::int64_t> blocked;
  for (int i = 0; i < rows.count(); ++i) {
    users.push_back(rows.i64(i, 0));
    blocked.push_back(rows.i64(i, 1));
  }
  part.run("DELETE FROM blocks");
  part.ask("INSERT INTO blocks SELECT * FROM unnest($1::bigint[], $2::bigint[])",
           Params().add_array(users).add_array(blocked));
}

EpochsRaised raise(const Databases& databases, std::uint64_t by, const std::optional<Part>& only) {
  EpochsRaised raised;
  Still people(databases.people);
  std::vector<std::unique_ptr<Still>> parts;
  for (const Database& database : databases.parts) parts.push_back(std::make_unique<Still>(database));
  const auto raise_in = [&](Still& still) {
    still.session().ask("SELECT raise_epochs($1::bigint)", Params().add(by));
    if (still.part().holds == Holds::People) return;
    const Rows left = still.session().ask("SELECT count(*), coalesce(sum(head), 0)::bigint FROM rooms");
    raised.rooms += left.u64(0, 0);
    raised.events += left.u64(0, 1);
  };
  const bool of_people = !only || *only == databases.people.part;
  if (of_people) raise_in(people);
  for (const auto& part : parts) {
    const bool lost = !only || *only == part->part();
    if (!lost && !of_people) continue;
    if (lost) {
      raise_in(*part);  // which tells anew
    } else {
      part->session().run("SELECT tell_anew()");
    }
    raised.forgotten += forget_lost(people.session(), *part);
    copy_blocks(people.session(), part->session());
  }
  for (const auto& part : parts) part->session().run("COMMIT");
  people.session().run("COMMIT");
  return raised;
}

}  // namespace

Result<EpochsRaised, std::string> raise_epochs(const Databases& databases, std::uint64_t by,
                                               const std::optional<Part>& only) {
  try {
    return raise(databases, by, only);
  } catch (const Failed& failed) {
    return tl::unexpected(failed.error.text);
  }
}

}  // namespace starling::postgres
