#include "server/store/postgres/part.h"

#include <fmt/format.h>

#include "server/store/postgres/session.h"
#include "server/store/postgres/standstill.h"

namespace starling::postgres {
namespace {

Part part_in(Session& session) {
  const Rows row = session.ask("SELECT kind, number, parts FROM part");
  return {.holds = row.as<Holds>(0, 0),
          .number = static_cast<std::uint32_t>(row.i64(0, 1)),
          .parts = static_cast<std::uint32_t>(row.i64(0, 2))};
}

[[noreturn]] void refuse_part(Session& session, const Part& found, const Part& named) {
  refuse(fmt::format(
      "the database {} holds {}, and store.postgres and store.rooms name it as {}; name the databases as they were, in "
      "their order, or move all to others: starlingctl export with the old settings, import with the new ones",
      session.database(), text_of(found), text_of(named)));
}

/// Of rooms, or of people: what a part of the rooms has no place for.
bool is_empty_for(Session& session, const Part& part) {
  return session
      .ask("SELECT NOT EXISTS (SELECT FROM rooms) AND ($1::bigint = 1 OR NOT EXISTS (SELECT FROM accounts))",
           Params().add(part.holds))
      .flag(0, 0);
}

void take(Session& session, const Part& part) {
  session.run("BEGIN");
  session.run("SET LOCAL lock_timeout = '10s'");  // autovacuum gives way after one
  session.run("SELECT 1 FROM part FOR UPDATE");   // another node may be faster
  const Part found = part_in(session);
  if (found != part) {
    if (found != Part() || !is_empty_for(session, part)) refuse_part(session, found, part);
    stand_still(session);  // whoever has it for everything would go on writing
    session.ask("SELECT take_part($1, $2, $3)", Params().add(part.holds).add(part.number).add(part.parts));
  }
  session.run("COMMIT");
}

}  // namespace

std::string text_of(const Part& part) {
  switch (part.holds) {
    case Holds::Everything:
      return "everything of a server";
    case Holds::People:
      return fmt::format("the people of {} parts of rooms", part.parts);
    case Holds::Rooms:
      return fmt::format("the rooms of part {} of {}", part.number, part.parts);
  }
  return "what this program does not know";
}

std::vector<Database> Databases::all() const {
  std::vector<Database> all{people};
  all.insert(all.end(), parts.begin(), parts.end());
  return all;
}

Databases::Databases(const std::string& postgres, const std::vector<std::string>& rooms) : people(postgres) {
  const auto count = static_cast<std::uint32_t>(rooms.size());
  if (count != 0) people.part = {.holds = Holds::People, .parts = count};
  for (std::uint32_t i = 0; i < count; ++i) {
    parts.emplace_back(rooms[i], Part{.holds = Holds::Rooms, .number = i, .parts = count});
  }
}

void check_part(Session& session, const Part& part) {
  if (const Part found = part_in(session); found != part) refuse_part(session, found, part);
}

Result<void, StartError> take_part(const Database& database) {
  try {
    Session session(database.conninfo);
    if (part_in(session) != database.part) take(session, database.part);
    return {};
  } catch (const Failed& failed) {
    return tl::unexpected(failed.error);
  }
}

}  // namespace starling::postgres
