#include "tests/integration/postgres/search_bed.h"

#include <fmt/format.h>

#include "server/search/postgres/postgres_log.h"

namespace starling::search {
namespace {

std::int64_t signed_of(std::uint64_t id) { return static_cast<std::int64_t>(id); }

std::string bytea(std::string_view bytes) {
  std::string text = "'\\x";
  for (const char byte : bytes) text += fmt::format("{:02x}", static_cast<unsigned char>(byte));
  return text + "'";
}

}  // namespace

PostgresBed::PostgresBed() : conninfo_(database_.emplace().conninfo()) { connect(); }
PostgresBed::PostgresBed(const std::string& conninfo) : conninfo_(conninfo) { connect(); }

OpenLog PostgresBed::replicated_logs() const { return postgres_logs(conninfo_, true); }
OpenLog PostgresBed::logs() const { return postgres_logs(conninfo_, false); }

void PostgresBed::make_room(RoomId room, const std::vector<UserId>& users, std::int64_t ms) {
  run(
      fmt::format("INSERT INTO rooms (room_id, kind, title, epoch, head, msg_no, last_ts) "
                  "VALUES ({}, 2, 't', 1, 0, 0, {})",
                  signed_of(room.value), ms));
  for (const UserId user : users) {
    const Seq seq =
        append({.kind = wire::EventKind::MemberAdd, .room = room, .user = user, .target = {}, .body = "", .ms = ms});
    run(fmt::format("INSERT INTO members (room_id, user_id, join_seq, role) VALUES ({}, {}, {}, 1)",
                    signed_of(room.value), signed_of(user.value), seq.value));
  }
}

Seq PostgresBed::append(const Said& said) {
  const std::string seq = run(fmt::format(
      "WITH moved AS (UPDATE rooms SET head = head + 1, last_ts = {1} WHERE room_id = {0} RETURNING head) "
      "INSERT INTO events (room_id, seq, epoch, sender, device, cseq, client_msg_id, ts, msg_no, target, thread, "
      "subject, body_hash, kind, role, body) "
      "SELECT {0}, head, 1, {2}, {2}, head, head, {1}, 0, {3}, 0, 0, 1, {4}, 0, {5} FROM moved RETURNING seq",
      signed_of(said.room.value), said.ms, signed_of(said.user.value), said.target.value, static_cast<int>(said.kind),
      bytea(said.body)));
  return Seq(std::stoull(seq));
}

void PostgresBed::erase_texts_of(RoomId room, Seq message) {
  run(
      fmt::format("UPDATE events SET erased = true, body = '' WHERE room_id = {0} AND (seq = {1} OR "
                  "(kind = 2 AND target = {1}))",
                  signed_of(room.value), message.value));
}

void PostgresBed::remove(RoomId room, UserId user) {
  run(fmt::format("UPDATE members SET leave_seq = 1000 WHERE room_id = {} AND user_id = {}", signed_of(room.value),
                  signed_of(user.value)));
}

}  // namespace starling::search
