#include "server/transfer/import_room.h"

#include <fmt/format.h>

#include <algorithm>

#include "common/wire/limits.h"
#include "server/ports/store.h"
#include "server/transfer/event_line.h"
#include "server/transfer/format.h"

namespace starling::transfer {

ImportRoom::ImportRoom(store::Connection& connection)
    : connection_(&connection),
      log_(connection),
      events_(connection),
      checkpoint_(connection, "INSERT INTO checkpoints (room_id, seq, hash) VALUES (?, ?, ?)"),
      rooms_(connection, "rooms") {
  for (const std::string_view name : kRoomTables) {
    if (Table table(connection, name); table.exists()) tables_.push_back(std::move(table));
  }
}

bool ImportRoom::same_as_stored(const store::RoomRow& stored) {
  if (stored.epoch != epoch_ || stored.head != head_ || stored.min_seq != min_seq_) return false;
  PrefixHash hash = log_.checkpoint(room_, min_seq_.prev()).hash;
  // Read as it is, inside the writer's transaction.
  store::Statement events(*connection_,
                          "SELECT " STARLING_EVENT_COLUMNS " FROM events WHERE room_id = ? AND seq >= ? ORDER BY seq");
  for (store::Rows rows = events.query(room_, min_seq_); rows.next();) {
    hash = wire::fold(hash, store::hashed_event_of(rows, room_));
  }
  return hash == expected_;
}

bool ImportRoom::begin(Fields& fields, bool resume) {
  room_ = RoomId(fields.u64("room"));
  if (!room_) refuse("its room has no number");
  epoch_ = Epoch(static_cast<std::uint32_t>(fields.u64("epoch")));
  head_ = Seq(fields.u64("head"));
  min_seq_ = Seq(fields.u64("min_seq"));
  msg_no_ = fields.u64("msg_no");
  const PrefixHash base(fields.hash_or("base_hash", 0));
  expected_ = PrefixHash(fields.hash("prefix_hash"));
  const std::uint64_t kind = fields.u64("kind");
  if (kind != static_cast<std::uint64_t>(wire::RoomKind::Group) &&
      kind != static_cast<std::uint64_t>(wire::RoomKind::Direct)) {
    refuse(fmt::format("room {} is of the unknown kind {}: install a newer program", room_.value, kind));
  }
  if (fields.text("title").size() > wire::limits::kTitleBytesMax) {
    refuse(fmt::format("the title of room {} is longer than {} bytes", room_.value, wire::limits::kTitleBytesMax));
  }
  if (!epoch_ || !min_seq_ || head_ < min_seq_.prev() || static_cast<bool>(base) != (min_seq_.value > 1)) {
    refuse(fmt::format("what room {} says of its log cannot be", room_.value));
  }
  at_ = min_seq_.prev();
  hash_ = base;
  last_msg_no_.reset();
  const store::RoomRow stored = log_.room(room_);
  existing_ = stored.exists;
  if (existing_) {
    if (!resume) {
      refuse(
          fmt::format("room {} exists in this database. If an import was broken off, go on with --resume; else "
                      "import into an empty database",
                      room_.value));
    }
    if (!same_as_stored(stored)) {
      refuse(
          fmt::format("room {} exists in this database with another log: it is not the one of this file, or was used "
                      "since. Import into an empty database",
                      room_.value));
    }
    return false;
  }
  rooms_.insert("room_id", room_.value, fields);
  fields.done();
  if (base) checkpoint_.run(room_, at_, base);
  return true;
}

bool ImportRoom::row(std::string_view table, Fields& fields) {
  const auto at = std::ranges::find(tables_, table, &Table::name);
  if (at == tables_.end()) return false;
  if (existing_) return true;
  at->insert("room_id", room_.value, fields);
  fields.done();
  return true;
}

void ImportRoom::event(Fields& fields) {
  const wire::Event event = read_event(fields, room_);
  if (event.seq == at_ || event.seq < at_) {
    refuse(fmt::format("event {} of room {} comes twice, or out of order", event.seq.value, room_.value));
  }
  if (event.seq != at_.next()) {
    refuse(fmt::format("event {} of room {} is missing: {} follows {}", at_.next().value, room_.value, event.seq.value,
                       at_.value));
  }
  if (event.seq > head_) refuse(fmt::format("event {} of room {} is beyond its head", event.seq.value, room_.value));
  const bool counts = event.kind == wire::EventKind::Message;
  if (event.epoch > epoch_ || (last_msg_no_ && event.msg_no != *last_msg_no_ + (counts ? 1 : 0))) {
    refuse(fmt::format("event {} of room {} does not follow the one before it", event.seq.value, room_.value));
  }
  last_msg_no_ = event.msg_no;
  at_ = event.seq;
  hash_ = wire::fold(hash_, event);
  if (existing_) return;
  events_.insert(event, event.body);
  if (at_.value % ports::kCheckpointEvery == 0) checkpoint_.run(room_, at_, hash_);
}

std::uint64_t ImportRoom::end(Fields& fields) {
  const std::uint64_t room = fields.u64("room");
  const std::uint64_t events = fields.u64("events");
  const PrefixHash hash(fields.hash("prefix_hash"));
  fields.done();
  if (room != room_.value) refuse(fmt::format("the end of room {} stands in room {}", room, room_.value));
  if (at_ != head_) {
    refuse(fmt::format("events {} to {} of room {} are missing", at_.next().value, head_.value, room_.value));
  }
  if (events != head_.value - min_seq_.prev().value) refuse(fmt::format("room {} counts its events wrongly", room));
  if (hash_ != expected_ || hash != expected_) {
    refuse(
        fmt::format("the log of room {} folds to {:016x}, the file says {:016x}: its lines were changed; take the "
                    "export again",
                    room, hash_.value, expected_.value));
  }
  if (last_msg_no_ && *last_msg_no_ != msg_no_) refuse(fmt::format("room {} counts its messages wrongly", room));
  room_ = {};
  return events;
}

}  // namespace starling::transfer
