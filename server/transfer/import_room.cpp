#include "server/transfer/import_room.h"

#include <fmt/format.h>

#include <algorithm>

#include "common/wire/limits.h"
#include "server/ports/store.h"
#include "server/transfer/event_line.h"
#include "server/transfer/format.h"

namespace starling::transfer {

bool ImportRoom::same_as(const StoredRoom& stored) {
  return stored.epoch == epoch_ && stored.head == head_ && stored.min_seq == min_seq_ &&
         target_->fold(room_, min_seq_) == expected_;
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
  const auto stored = target_->stored(room_);
  existing_ = stored.has_value();
  if (existing_) {
    if (!resume) {
      refuse(
          fmt::format("room {} exists in this database. If an import was broken off, go on with --resume; else "
                      "import into an empty database",
                      room_.value));
    }
    if (!same_as(*stored)) {
      refuse(
          fmt::format("room {} exists in this database with another log: it is not the one of this file, or was used "
                      "since. Import into an empty database",
                      room_.value));
    }
    return false;
  }
  target_->put_row("rooms", room_.value, fields, false);
  fields.done();
  if (base) target_->put_checkpoint(room_, at_, base);
  return true;
}

bool ImportRoom::row(std::string_view table, Fields& fields) {
  if (std::ranges::find(kRoomTables, table) == kRoomTables.end()) return false;
  if (existing_) return true;
  target_->put_row(table, room_.value, fields, false);
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
  target_->put_event(event);
  if (at_.value % ports::kCheckpointEvery == 0) target_->put_checkpoint(room_, at_, hash_);
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
