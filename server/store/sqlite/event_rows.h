// Events as rows: the one place that knows the columns' order.
#pragma once

#include "common/wire/event.h"
#include "server/ports/authorize.h"
#include "server/store/sqlite/sqlite.h"

namespace starling::store {

#define STARLING_EVENT_COLUMNS                                                                                    \
  "seq, epoch, kind, sender, device, cseq, client_msg_id, ts, msg_no, target, subject, role, erased_hash, body, " \
  "thread"

/// Of a row that begins with STARLING_EVENT_COLUMNS.
wire::Event event_of(const Rows& row, RoomId room);
/// Without the body: its hash is in erased_hash, as the fold takes it.
wire::Event hashed_event_of(const Rows& row, RoomId room);

/// The writer's view of the events.
class EventRows {
 public:
  explicit EventRows(Connection& connection);

  void insert(const wire::Event& event, std::string_view body);

  struct Original {
    Seq seq;
    WallTime ts;
    std::uint64_t msg_no = 0;
    ClientMsgId client_msg_id;
    std::uint64_t body_hash = 0;
    explicit operator bool() const { return static_cast<bool>(seq); }
  };
  /// What a device sent under a cseq, when the log still holds it.
  Original sent(RoomId room, DeviceId device, Cseq cseq, Seq min_seq);
  /// The same, by its name, among the device's newest events (docs/decisions/0003).
  Original sent_lately(RoomId room, DeviceId device, ClientMsgId id, Seq min_seq);

  ports::Target target(RoomId room, Seq seq, Seq min_seq);

  /// Erases the texts of a message and of its edits; their hashes stay.
  void erase_texts_of(RoomId room, Seq message);

 private:
  Original original_of(const Rows& row) const;

  Statement insert_;
  Statement by_cseq_;
  Statement newest_;
  Statement target_;
  Statement texts_;
  Statement erase_;
};

}  // namespace starling::store
