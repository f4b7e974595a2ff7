#include "server/store/sqlite/room_reader.h"

#include <algorithm>
#include <utility>
#include <variant>

#include "server/store/like_pattern.h"
#include "server/store/sqlite/snapshot.h"

namespace starling::store {
namespace {

#define STARLING_CARD_COLUMNS "room_id, kind, title, topic, is_public, history_joined, members"

}  // namespace

RoomReader::RoomReader(Connection& connection)
    : connection_(&connection),
      room_(connection, "SELECT " STARLING_CARD_COLUMNS ", head, min_seq FROM rooms WHERE room_id = ?"),
      caller_(connection,
              "SELECT role, leave_seq, muted, banned, invited_by, visible_from FROM members "
              "WHERE room_id = ? AND user_id = ?"),
      pins_(connection, "SELECT seq FROM pins WHERE room_id = ? ORDER BY pin_seq DESC LIMIT 100"),
      public_(connection, "SELECT " STARLING_CARD_COLUMNS
                          " FROM rooms WHERE is_public = 1 AND title LIKE ?1 ESCAPE '!' "
                          "AND (?2 = 0 OR (title COLLATE NOCASE, room_id) > "
                          "(SELECT title COLLATE NOCASE, room_id FROM rooms WHERE room_id = ?2)) "
                          "ORDER BY title COLLATE NOCASE, room_id LIMIT ?3"),
      members_(connection,
               "SELECT m.user_id, m.role, m.muted, a.handle, a.display_name, a.avatar_color, a.status_text "
               "FROM members AS m LEFT JOIN accounts AS a ON a.user_id = m.user_id "
               "WHERE m.room_id = ?1 AND m.user_id > ?2 AND iif(?3, m.banned = 1, m.leave_seq = 0) "
               "AND (?4 = '%' OR a.handle LIKE ?4 ESCAPE '!' OR a.display_name LIKE ?4 ESCAPE '!') "
               "ORDER BY m.user_id LIMIT ?5"),
      event_time_(connection, "SELECT ts FROM events WHERE room_id = ? AND seq = ?"),
      links_(connection,
             "SELECT link_id, by_user, created, expires, uses_left FROM room_links "
             "WHERE room_id = ? AND expires > ? AND uses_left > 0 ORDER BY link_id DESC LIMIT 100") {}

ports::RoomResult RoomReader::read(const ports::RoomRead& request) {
  const Snapshot snapshot(*connection_);
  return std::visit([this](const auto& each) { return on(each); }, request);
}

ports::RoomCard RoomReader::card_of(const Rows& rows) const {
  return {.room = rows.as<RoomId>(0),
          .kind = rows.as<wire::RoomKind>(1),
          .title = std::string(rows.bytes(2)),
          .topic = std::string(rows.bytes(3)),
          .is_public = rows.i64(4) != 0,
          .history_joined = rows.i64(5) != 0,
          .members = rows.u64(6)};
}

RoomReader::View RoomReader::look(ports::Look look, UserId caller, RoomId room) {
  View view;
  {
    Rows rows = room_.query(room);
    if (!rows.next()) return view;
    view.room = {.exists = true, .card = card_of(rows), .head = rows.as<Seq>(7), .min_seq = rows.as<Seq>(8)};
  }
  if (Rows rows = caller_.query(room, caller); rows.next()) {
    view.caller = {.standing = {.role = rows.i64(1) == 0 ? rows.as<wire::Role>(0) : wire::Role::None,
                                .muted = rows.i64(2) != 0,
                                .banned = rows.i64(3) != 0,
                                .invited = rows.i64(4) != 0},
                   .visible_from = rows.as<Seq>(5)};
  }
  view.permit = ports::authorize(ports::LookRequest{.look = look,
                                                    .room_kind = view.room.card.kind,
                                                    .room_public = view.room.card.is_public,
                                                    .caller = view.caller.standing});
  return view;
}

/// Who may not even see the room learns nothing of it, not that it is there.
ports::RoomDenied RoomReader::denied(const View& view) {
  const bool seen = view.room.exists && ports::may_look({.look = ports::Look::Room,
                                                         .room_kind = view.room.card.kind,
                                                         .room_public = view.room.card.is_public,
                                                         .caller = view.caller.standing});
  return {.exists = seen};
}

ports::RoomResult RoomReader::on(const ports::FindRoom& request) {
  View view = look(ports::Look::Room, request.caller, request.room);
  if (!view.permit) return denied(view);
  ports::RoomFound found{.card = std::move(view.room.card), .caller = view.caller.standing, .pins = {}};
  if (found.caller.role == wire::Role::None) return found;
  Rows rows = pins_.query(request.room);
  while (rows.next()) {
    if (rows.as<Seq>(0) >= view.caller.visible_from) found.pins.push_back(rows.as<Seq>(0));
  }
  return found;
}

ports::RoomResult RoomReader::on(const ports::ListPublicRooms& request) {
  ports::RoomsListed listed;
  const std::string pattern = '%' + like_pattern(request.query) + '%';
  Rows rows = public_.query(pattern, request.after, request.limit + 1);
  while (rows.next()) {
    if (listed.rooms.size() == request.limit) {
      listed.more = true;
      break;
    }
    listed.rooms.push_back(card_of(rows));
  }
  return listed;
}

ports::RoomResult RoomReader::on(const ports::ListMembers& request) {
  const View view = look(request.banned ? ports::Look::Links : ports::Look::Members, request.caller, request.room);
  if (!view.permit) return denied(view);
  return members(*view.permit, request);
}

ports::MembersListed RoomReader::members(const ports::Permit&, const ports::ListMembers& request) {
  ports::MembersListed listed;
  // SQLite orders ids as signed numbers: the first of all is the lowest of those.
  const std::int64_t after = request.after ? static_cast<std::int64_t>(request.after.value) : INT64_MIN;
  const std::string pattern = like_pattern(request.query) + '%';
  Rows rows = members_.query(request.room, after, int{request.banned}, pattern, request.limit + 1);
  while (rows.next()) {
    if (listed.members.size() == request.limit) {
      listed.more = true;
      break;
    }
    listed.members.push_back({.profile = {.user = rows.as<UserId>(0),
                                          .handle = std::string(rows.bytes(3)),
                                          .display_name = std::string(rows.bytes(4)),
                                          .avatar_color = std::string(rows.bytes(5)),
                                          .status_text = std::string(rows.bytes(6))},
                              .role = request.banned ? wire::Role::None : rows.as<wire::Role>(1),
                              .muted = rows.i64(2) != 0});
  }
  return listed;
}

ports::RoomResult RoomReader::on(const ports::FindSeq& request) {
  const View view = look(ports::Look::History, request.caller, request.room);
  if (!view.permit) return denied(view);
  return ports::SeqFound{.seq = seq_at(*view.permit, view, request.at)};
}

/// Times hardly ever fall along a log (server/ports/event_time.h): halved, not walked.
Seq RoomReader::seq_at(const ports::Permit&, const View& view, WallTime at) {
  Seq first = std::max(view.room.min_seq, view.caller.visible_from);
  Seq beyond = std::max(first, view.room.head.next());
  while (first < beyond) {
    const Seq middle(first.value + (beyond.value - first.value) / 2);
    Rows rows = event_time_.query(view.room.card.room, middle);
    const bool early = rows.next() && wall_from_ms(rows.i64(0)) < at;
    if (early) {
      first = middle.next();
    } else {
      beyond = middle;
    }
  }
  return first;
}

ports::RoomResult RoomReader::on(const ports::ListLinks& request) {
  const View view = look(ports::Look::Links, request.caller, request.room);
  if (!view.permit) return denied(view);
  ports::LinksListed listed;
  Rows rows = links_.query(request.room, request.now);
  while (rows.next()) {
    listed.links.push_back({.link = rows.as<ports::LinkId>(0),
                            .by = rows.as<UserId>(1),
                            .created = wall_from_ms(rows.i64(2)),
                            .expires = wall_from_ms(rows.i64(3)),
                            .uses_left = static_cast<std::uint32_t>(rows.i64(4))});
  }
  return listed;
}

}  // namespace starling::store
