#include "server/store/postgres/look_calls.h"

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <variant>

#include "server/ports/authorize.h"
#include "server/store/like_pattern.h"

namespace starling::postgres {
namespace {

#define STARLING_PG_CARD_COLUMNS "room_id, kind, title, topic, is_public, history_joined, members"

constexpr Statement kRoom{"look_room", "SELECT " STARLING_PG_CARD_COLUMNS " FROM rooms WHERE room_id = $1"};
constexpr Statement kCaller{"look_caller",
                            "SELECT role, leave_seq = 0, muted, banned, invited_by <> 0, visible_from FROM members "
                            "WHERE room_id = $1 AND user_id = $2"};
constexpr Statement kPins{"room_pins", "SELECT seq FROM pins WHERE room_id = $1 ORDER BY pin_seq DESC LIMIT 100"};
constexpr Statement kPublicRooms{"public_rooms",
                                 "SELECT " STARLING_PG_CARD_COLUMNS
                                 " FROM rooms WHERE is_public AND lower(title) LIKE lower($1 COLLATE \"C\") ESCAPE '!' "
                                 "AND ($2::bigint = 0 OR (lower(title), room_id) > "
                                 "(SELECT lower(title), room_id FROM rooms WHERE room_id = $2)) "
                                 "ORDER BY lower(title), room_id LIMIT $3"};
constexpr Statement kMembers{
    "list_members",
    "SELECT m.user_id, m.role, m.muted, a.handle, a.display_name, a.avatar_color, a.status_text "
    "FROM members AS m LEFT JOIN accounts AS a ON a.user_id = m.user_id "
    "WHERE m.room_id = $1 AND m.user_id > $2 AND m.leave_seq = 0 AND ($3 = '%' "
    "OR lower(a.handle) LIKE lower($3 COLLATE \"C\") ESCAPE '!' "
    "OR lower(a.display_name) LIKE lower($3 COLLATE \"C\") ESCAPE '!') ORDER BY m.user_id LIMIT $4"};
constexpr Statement kBanned{
    "list_banned",
    "SELECT m.user_id, m.role, m.muted, a.handle, a.display_name, a.avatar_color, a.status_text "
    "FROM members AS m LEFT JOIN accounts AS a ON a.user_id = m.user_id "
    "WHERE m.room_id = $1 AND m.user_id > $2 AND m.banned AND ($3 = '%' "
    "OR lower(a.handle) LIKE lower($3 COLLATE \"C\") ESCAPE '!' "
    "OR lower(a.display_name) LIKE lower($3 COLLATE \"C\") ESCAPE '!') ORDER BY m.user_id LIMIT $4"};
constexpr Statement kSeqAt{"seq_at", "SELECT seq_at($1, $2, $3)"};
constexpr Statement kLinks{"room_links",
                           "SELECT link_id, by_user, created, expires, uses_left FROM room_links "
                           "WHERE room_id = $1 AND expires > $2 AND uses_left > 0 ORDER BY link_id DESC LIMIT 100"};

using Calls = std::vector<Call>;
using Answers = std::span<const Rows>;

/// Every look at a room begins with these.
Calls look_at(RoomId room, UserId caller) {
  return {{&kRoom, Params().add(room)}, {&kCaller, Params().add(room).add(caller)}};
}
constexpr std::size_t kAnswerAt = 2;

ports::RoomCard card_of(const Rows& rows, int row) {
  return {.room = rows.as<RoomId>(row, 0),
          .kind = rows.as<wire::RoomKind>(row, 1),
          .title = std::string(rows.bytes(row, 2)),
          .topic = std::string(rows.bytes(row, 3)),
          .is_public = rows.flag(row, 4),
          .history_joined = rows.flag(row, 5),
          .members = rows.u64(row, 6)};
}

/// The room, who asks, and whether they may.
struct View {
  bool exists = false;
  ports::RoomCard card;
  ports::Standing caller;
  Seq visible_from{1};

  bool may(ports::Look look) const {
    return exists &&
           ports::may_look({.look = look, .room_kind = card.kind, .room_public = card.is_public, .caller = caller});
  }
  /// Who may not even see the room learns nothing of it, not that it is there.
  ports::RoomDenied denied() const { return {.exists = may(ports::Look::Room)}; }
};
View view_of(Answers answers) {
  View view;
  if (answers[0].empty()) return view;
  view.exists = true;
  view.card = card_of(answers[0], 0);
  const Rows& caller = answers[1];
  if (caller.empty()) return view;
  view.caller = {.role = caller.flag(0, 1) ? caller.as<wire::Role>(0, 0) : wire::Role::None,
                 .muted = caller.flag(0, 2),
                 .banned = caller.flag(0, 3),
                 .invited = caller.flag(0, 4)};
  view.visible_from = caller.as<Seq>(0, 5);
  return view;
}

Calls calls(const ports::FindRoom& request) {
  Calls made = look_at(request.room, request.caller);
  made.push_back({&kPins, Params().add(request.room)});
  return made;
}
ports::RoomResult result(const ports::FindRoom&, Answers answers) {
  View view = view_of(answers);
  if (!view.may(ports::Look::Room)) return view.denied();
  ports::RoomFound found{.card = std::move(view.card), .caller = view.caller, .pins = {}};
  if (found.caller.role == wire::Role::None) return found;
  const Rows& pins = answers[kAnswerAt];
  for (int row = 0; row < pins.count(); ++row) {
    if (pins.as<Seq>(row, 0) >= view.visible_from) found.pins.push_back(pins.as<Seq>(row, 0));
  }
  return found;
}

Calls calls(const ports::ListPublicRooms& request) {
  return {
      {&kPublicRooms,
       Params().add_bytes('%' + store::like_pattern(request.query) + '%').add(request.after).add(request.limit + 1)}};
}
ports::RoomResult result(const ports::ListPublicRooms& request, Answers answers) {
  ports::RoomsListed listed;
  const Rows& rows = answers[0];
  for (int row = 0; row < rows.count(); ++row) {
    if (listed.rooms.size() == request.limit) {
      listed.more = true;
      break;
    }
    listed.rooms.push_back(card_of(rows, row));
  }
  return listed;
}

Calls calls(const ports::ListMembers& request) {
  // The database orders ids as signed numbers: the first of all is the lowest of those.
  const std::int64_t after = request.after ? bigint_of(request.after) : INT64_MIN;
  Calls made = look_at(request.room, request.caller);
  made.push_back({request.banned ? &kBanned : &kMembers, Params()
                                                             .add(request.room)
                                                             .add(after)
                                                             .add_bytes(store::like_pattern(request.query) + '%')
                                                             .add(request.limit + 1)});
  return made;
}
ports::RoomResult result(const ports::ListMembers& request, Answers answers) {
  const View view = view_of(answers);
  if (!view.may(request.banned ? ports::Look::Links : ports::Look::Members)) return view.denied();
  ports::MembersListed listed;
  const Rows& rows = answers[kAnswerAt];
  for (int row = 0; row < rows.count(); ++row) {
    if (listed.members.size() == request.limit) {
      listed.more = true;
      break;
    }
    listed.members.push_back({.profile = {.user = rows.as<UserId>(row, 0),
                                          .handle = std::string(rows.bytes(row, 3)),
                                          .display_name = std::string(rows.bytes(row, 4)),
                                          .avatar_color = std::string(rows.bytes(row, 5)),
                                          .status_text = std::string(rows.bytes(row, 6))},
                              .role = request.banned ? wire::Role::None : rows.as<wire::Role>(row, 1),
                              .muted = rows.flag(row, 2)});
  }
  return listed;
}

Calls calls(const ports::FindSeq& request) {
  Calls made = look_at(request.room, request.caller);
  made.push_back({&kSeqAt, Params().add(request.room).add(request.caller).add(request.at)});
  return made;
}
ports::RoomResult result(const ports::FindSeq&, Answers answers) {
  const View view = view_of(answers);
  if (!view.may(ports::Look::History)) return view.denied();
  return ports::SeqFound{.seq = answers[kAnswerAt].as<Seq>(0, 0)};
}

Calls calls(const ports::ListLinks& request) {
  Calls made = look_at(request.room, request.caller);
  made.push_back({&kLinks, Params().add(request.room).add(request.now)});
  return made;
}
ports::RoomResult result(const ports::ListLinks&, Answers answers) {
  const View view = view_of(answers);
  if (!view.may(ports::Look::Links)) return view.denied();
  ports::LinksListed listed;
  const Rows& rows = answers[kAnswerAt];
  for (int row = 0; row < rows.count(); ++row) {
    listed.links.push_back({.link = rows.as<ports::LinkId>(row, 0),
                            .by = rows.as<UserId>(row, 1),
                            .created = rows.as<WallTime>(row, 2),
                            .expires = rows.as<WallTime>(row, 3),
                            .uses_left = static_cast<std::uint32_t>(rows.i64(row, 4))});
  }
  return listed;
}

}  // namespace

std::vector<Call> calls_of(const ports::ReadRooms& request) {
  return std::visit([](const auto& each) { return calls(each); }, request.request);
}

ports::RoomsAnswered result_of(const ports::ReadRooms& request, std::span<const Rows> answers) {
  return {std::visit([&](const auto& each) { return result(each, answers); }, request.request)};
}

}  // namespace starling::postgres
