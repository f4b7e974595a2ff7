#include "server/store/sqlite/room_links.h"

#include <string>
#include <variant>

#include "server/ports/item_rules.h"
#include "server/store/sqlite/digests.h"

namespace starling::store {

RoomLinks::RoomLinks(Connection& connection)
    : connection_(&connection),
      members_(connection),
      items_(connection),
      room_(connection, "SELECT kind, is_public, head, title FROM rooms WHERE room_id = ?"),
      insert_(connection,
              "INSERT INTO room_links (room_id, code_hash, by_user, created, expires, uses_left) "
              "VALUES (?, ?, ?, ?, ?, ?)"),
      revoke_(connection, "DELETE FROM room_links WHERE room_id = ? AND link_id = ?"),
      find_(connection,
            "SELECT link_id, room_id, by_user FROM room_links WHERE code_hash = ? AND expires > ? AND uses_left > 0"),
      spend_(connection, "UPDATE room_links SET uses_left = uses_left - 1 WHERE link_id = ?") {}

ports::RoomResult RoomLinks::change(const ports::RoomChange& request) {
  return std::visit([this](const auto& each) { return on(each); }, request);
}

RoomLinks::View RoomLinks::look(UserId caller, RoomId room) {
  ports::LookRequest request{.look = ports::Look::Links};
  {
    Rows rows = room_.query(room);
    if (!rows.next()) return {};
    request.room_kind = rows.as<wire::RoomKind>(0);
    request.room_public = rows.i64(1) != 0;
  }
  request.caller = members_.standing(room, caller);
  View view{.permit = ports::authorize(request)};
  request.look = ports::Look::Room;
  view.visible = ports::may_look(request);
  return view;
}

ports::RoomResult RoomLinks::on(const ports::CreateLink& request) {
  const View view = look(request.caller, request.room);
  if (!view.permit) return ports::RoomDenied{.exists = view.visible};
  return create(*view.permit, request);
}

ports::LinkMade RoomLinks::create(const ports::Permit&, const ports::CreateLink& request) {
  insert_.run(request.room, blob_of(request.code), request.caller, request.now, request.expires, request.uses);
  return {.link = ports::LinkId(static_cast<std::uint64_t>(sqlite3_last_insert_rowid(connection_->get())))};
}

ports::RoomResult RoomLinks::on(const ports::RevokeLink& request) {
  const View view = look(request.caller, request.room);
  if (!view.permit) return ports::RoomDenied{.exists = view.visible};
  return revoke(*view.permit, request);
}

ports::LinkRevoked RoomLinks::revoke(const ports::Permit&, const ports::RevokeLink& request) {
  revoke_.run(request.room, request.link);
  return {.found = sqlite3_changes64(connection_->get()) == 1};
}

bool RoomLinks::good(const ports::Digest& code, WallTime now) { return find_.query(blob_of(code), now).next(); }

/// The code is the right: nobody's role is asked for, but the banned stay out.
ports::LinkUsed RoomLinks::use(const ports::UseLink& request) {
  std::int64_t link = 0;
  RoomId room;
  UserId by;
  {
    Rows rows = find_.query(blob_of(request.code), request.now);
    if (!rows.next()) return ports::LinkUsed{};
    link = rows.i64(0);
    room = rows.as<RoomId>(1);
    by = rows.as<UserId>(2);
  }
  const ports::Standing before = members_.standing(room, request.caller);
  if (before.banned) return ports::LinkUsed{.use = ports::LinkUse::Banned};
  if (before.role != wire::Role::None) return ports::LinkUsed{.use = ports::LinkUse::Member, .room = room};
  if (!before.invited) {
    spend_.run(link);
    invite(request, room, by, before);
  }
  return ports::LinkUsed{.use = ports::LinkUse::Invited, .room = room};
}

void RoomLinks::invite(const ports::UseLink& request, RoomId room, UserId by, const ports::Standing& before) {
  ports::Standing after = before;
  after.invited = true;
  std::string title;
  Seq head;
  {
    Rows rows = room_.query(room);
    rows.next();
    head = rows.as<Seq>(2);
    title = rows.bytes(3);
  }
  members_.put({.room = room, .user = request.caller, .by = by, .seq = head, .before = before, .after = after});
  const ports::CommitRow row{.user = by, .kind = wire::EventKind::MemberInvite, .subject = request.caller};
  const ports::ItemChange change = ports::invitation_change(room, head, row, title);
  items_.set(change.user, change.kind, change.key, change.value);
}

}  // namespace starling::store
