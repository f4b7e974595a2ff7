#include "tests/unit/search/sqlite_bed.h"

#include <stdexcept>

#include "server/search/sqlite_log.h"
#include "server/store/sqlite/migrate.h"
#include "server/store/sqlite/room_create.h"

namespace starling::search {

SqliteBed::SqliteBed() {
  if (!store::migrate(path())) throw std::runtime_error("no database");
  connection_.emplace(store::Connection::Options{.path = path(), .busy_timeout_ms = 1000});
  store::make_durable(*connection_);
  connection_->exec("PRAGMA synchronous = OFF");
  events_.emplace(*connection_);
  members_.emplace(*connection_);
}

OpenLog SqliteBed::logs() const { return sqlite_logs(path()); }

void SqliteBed::make_room(RoomId room, const std::vector<UserId>& users, std::int64_t ms) {
  store::RoomCreate(*connection_).make({.room = room, .title = "t", .now = wall_from_ms(ms)}, users);
}

Seq SqliteBed::append(const Said& said) {
  const std::string where = " FROM rooms WHERE room_id = " + std::to_string(static_cast<std::int64_t>(said.room.value));
  const Seq seq(static_cast<std::uint64_t>(connection_->number(("SELECT head + 1" + where).c_str())));
  events_->insert({.room = said.room,
                   .epoch = Epoch(1),
                   .seq = seq,
                   .kind = said.kind,
                   .sender = said.user,
                   .device = DeviceId(said.user.value),
                   .cseq = Cseq(static_cast<std::uint32_t>(seq.value)),
                   .client_msg_id = ClientMsgId(seq.value),
                   .ts = wall_from_ms(said.ms),
                   .target = said.target},
                  said.body);
  store::Statement head(*connection_, "UPDATE rooms SET head = ?, last_ts = ? WHERE room_id = ?");
  head.run(seq, said.ms, said.room);
  return seq;
}

void SqliteBed::remove(RoomId room, UserId user) {
  const ports::Standing before = members_->standing(room, user);
  members_->put({.room = room, .user = user, .by = user, .seq = Seq(1000), .before = before, .after = {}});
}

std::unique_ptr<LogBed> make_log_bed() { return std::make_unique<SqliteBed>(); }

}  // namespace starling::search
