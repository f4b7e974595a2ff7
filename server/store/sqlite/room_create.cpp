#include "server/store/sqlite/room_create.h"

#include <algorithm>

namespace starling::store {

RoomCreate::RoomCreate(Connection& connection)
    : events_(connection),
      members_(connection),
      exists_(connection, "SELECT 1 FROM rooms WHERE room_id = ?"),
      made_(connection, "SELECT room_id FROM created_rooms WHERE device = ? AND request_id = ?"),
      direct_(connection, "SELECT room_id FROM direct_rooms WHERE low_user = ? AND high_user = ?"),
      insert_room_(connection,
                   "INSERT INTO rooms (room_id, kind, title, epoch, head, msg_no, last_ts, members) "
                   "VALUES (?1, ?2, ?3, 1, ?4, 0, ?5, ?4)"),
      insert_made_(connection, "INSERT INTO created_rooms (device, request_id, room_id) VALUES (?, ?, ?)"),
      insert_direct_(connection, "INSERT INTO direct_rooms (low_user, high_user, room_id) VALUES (?, ?, ?)"),
      insert_checkpoint_(connection, "INSERT INTO checkpoints (room_id, seq, hash) VALUES (?, ?, ?)") {}

std::optional<RoomId> RoomCreate::made_before(const ports::CreateRoom& request) {
  Rows rows = made_.query(request.device, request.request_id);
  if (!rows.next()) return std::nullopt;
  return rows.as<RoomId>(0);
}

ports::RoomMade RoomCreate::run(const ports::CreateRoom& request) {
  if (const auto room = made_before(request)) return {.status = wire::CreateStatus::Existed, .room = *room};
  std::vector<UserId> members{request.user};
  for (const UserId user : request.members) {
    if (std::find(members.begin(), members.end(), user) == members.end()) members.push_back(user);
  }
  if (request.kind == wire::RoomKind::Direct) {
    if (members.size() != 2) return {.status = wire::CreateStatus::Rejected};
    const auto [low, high] = std::minmax(members[0], members[1]);
    Rows rows = direct_.query(low, high);
    if (rows.next()) {
      const auto room = rows.as<RoomId>(0);
      insert_made_.run(request.device, request.request_id, room);
      return {.status = wire::CreateStatus::Existed, .room = room};
    }
  }
  for (const UserId user : members) {
    if (members_.in_rooms(user, request.rooms_per_user_max)) return {.status = wire::CreateStatus::TooManyRooms};
  }
  const NewRoom room{.room = request.proposed, .kind = request.kind, .title = request.title, .now = request.now};
  if (!make(room, members)) return {.status = wire::CreateStatus::Busy};
  insert_made_.run(request.device, request.request_id, request.proposed);
  if (request.kind == wire::RoomKind::Direct) {
    const auto [low, high] = std::minmax(members[0], members[1]);
    insert_direct_.run(low, high, request.proposed);
  }
  return {.status = wire::CreateStatus::Created, .room = request.proposed};
}

bool RoomCreate::make(const NewRoom& room, const std::vector<UserId>& members) {
  if (exists_.query(room.room).next()) return false;
  insert_room_.run(room.room, room.kind, room.title, members.size(), room.now);
  Seq seq;
  PrefixHash hash;
  for (const UserId user : members) {
    seq = seq.next();
    const bool owner = room.kind == wire::RoomKind::Group && user == members.front();
    const auto role = owner ? wire::Role::Owner : wire::Role::Member;
    const wire::Event event{.room = room.room,
                            .epoch = Epoch(1),
                            .seq = seq,
                            .kind = wire::EventKind::MemberAdd,
                            .sender = user,
                            .ts = room.now,
                            .subject = user,
                            .role = role};
    events_.insert(event, {});
    members_.add(room.room, user, role, seq);
    // A room of thousands is born with as many events: without checkpoints every window of it would begin at the first.
    hash = wire::fold(hash, event);
    if (seq.value % ports::kCheckpointEvery == 0) insert_checkpoint_.run(room.room, seq, hash);
  }
  return true;
}

}  // namespace starling::store
