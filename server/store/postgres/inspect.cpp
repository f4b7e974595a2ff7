#include "server/store/postgres/inspect.h"

#include <utility>

#include "server/store/postgres/events.h"
#include "server/store/postgres/migrate.h"
#include "server/store/postgres/session.h"
#include "server/store/postgres/verify.h"

namespace starling::postgres {
namespace {

/// Runs `view` in a snapshot of its own, for as long as it takes and as whoever reads what it prints lets it wait.
template <class View>
auto look(const Database& database, View view) -> Result<decltype(view(std::declval<Session&>())), std::string> {
  try {
    Session session(database.conninfo);
    check_current(session, database.part);
    session.begin_snapshot();
    return view(session);
  } catch (const Failed& failed) {
    return tl::unexpected(failed.error.text);
  }
}

}  // namespace

Result<void, std::string> each_room(const Database& database,
                                    const std::function<void(const store::RoomSummary&)>& take) {
  const auto listed = look(database, [&](Session& session) {
    // Ids are unsigned: the upper half of them is negative to PostgreSQL.
    session.run(
        "DECLARE all_rooms CURSOR FOR SELECT room_id, kind, title, is_public, epoch, head, min_seq, members, last_ts "
        "FROM rooms ORDER BY room_id < 0, room_id");
    for (Rows rows = session.ask("FETCH 1000 FROM all_rooms"); !rows.empty();
         rows = session.ask("FETCH 1000 FROM all_rooms")) {
      for (int i = 0; i < rows.count(); ++i) {
        take({.room = rows.as<RoomId>(i, 0),
              .kind = rows.as<wire::RoomKind>(i, 1),
              .title = std::string(rows.bytes(i, 2)),
              .is_public = rows.flag(i, 3),
              .epoch = rows.as<Epoch>(i, 4),
              .head = rows.as<Seq>(i, 5),
              .min_seq = rows.as<Seq>(i, 6),
              .members = rows.u64(i, 7),
              .last_ts = rows.as<WallTime>(i, 8)});
      }
    }
    return true;
  });
  if (!listed) return tl::unexpected(listed.error());
  return {};
}

Result<store::RoomView, std::string> room_show(const Database& database, RoomId room) {
  return look(database, [&](Session& session) {
    const Rows row = session.ask(
        "SELECT kind, title, epoch, head, min_seq, msg_no, last_ts, "
        "coalesce((SELECT max(seq) FROM checkpoints AS c WHERE c.room_id = r.room_id), 0), "
        "(SELECT count(*) FROM device_pos AS d WHERE d.room_id = r.room_id) FROM rooms AS r WHERE room_id = $1::bigint",
        Params().add(room));
    store::RoomView view{.exists = !row.empty(), .room = room};
    if (row.empty()) return view;
    view.kind = row.as<wire::RoomKind>(0, 0);
    view.title = row.bytes(0, 1);
    view.epoch = row.as<Epoch>(0, 2);
    view.head = row.as<Seq>(0, 3);
    view.min_seq = row.as<Seq>(0, 4);
    view.msg_no = row.u64(0, 5);
    view.last_ts = row.as<WallTime>(0, 6);
    view.checkpoint_seq = row.as<Seq>(0, 7);
    view.devices = row.u64(0, 8);
    const Rows members = session.ask(
        "SELECT user_id, role, join_seq FROM members WHERE room_id = $1::bigint AND leave_seq = 0 "
        "ORDER BY user_id < 0, user_id",
        Params().add(room));
    for (int i = 0; i < members.count(); ++i) {
      view.members.push_back(
          {.user = members.as<UserId>(i, 0), .role = members.as<wire::Role>(i, 1), .join_seq = members.as<Seq>(i, 2)});
    }
    return view;
  });
}

Result<std::vector<store::MemberView>, std::string> members_of(const Database& database, RoomId room) {
  return look(database, [&](Session& session) {
    const Rows rows = session.ask(
        "SELECT user_id, coalesce(handle, ''), CASE WHEN leave_seq = 0 THEN role ELSE 0 END, join_seq, muted, banned, "
        "invited_by <> 0 FROM members LEFT JOIN accounts USING (user_id) WHERE room_id = $1::bigint AND "
        "(leave_seq = 0 OR muted OR banned OR invited_by <> 0) ORDER BY leave_seq <> 0, user_id < 0, user_id",
        Params().add(room));
    std::vector<store::MemberView> all;
    for (int i = 0; i < rows.count(); ++i) {
      all.push_back({.user = rows.as<UserId>(i, 0),
                     .handle = std::string(rows.bytes(i, 1)),
                     .role = rows.as<wire::Role>(i, 2),
                     .join_seq = rows.as<Seq>(i, 3),
                     .muted = rows.flag(i, 4),
                     .banned = rows.flag(i, 5),
                     .invited = rows.flag(i, 6)});
    }
    return all;
  });
}

Result<store::LogCheck, std::string> check_log(const Database& database, RoomId room) {
  return look(database, [&](Session& session) { return check_log(session, room); });
}

Result<std::vector<wire::Event>, std::string> last_events(const Database& database, RoomId room, std::uint32_t count) {
  return look(database, [&](Session& session) {
    const Rows rows = session.ask("SELECT " STARLING_PG_EVENT_COLUMNS
                                  " FROM events WHERE room_id = $1::bigint ORDER BY seq DESC LIMIT $2::bigint",
                                  Params().add(room).add(count));
    std::vector<wire::Event> events;
    for (int i = rows.count(); i-- > 0;) events.push_back(event_of(rows, i, 0, room));
    return events;
  });
}

}  // namespace starling::postgres
