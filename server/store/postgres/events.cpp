#include "server/store/postgres/events.h"

#include "server/store/postgres/session.h"

namespace starling::postgres {
namespace {

/// Of the longest bodies 16 MiB.
constexpr std::uint64_t kEventsAtOnce = 1024;

}  // namespace

wire::Event event_of(const Rows& rows, int row, int first, RoomId room) {
  int column = first;
  wire::Event event{.room = room};
  event.seq = rows.as<Seq>(row, column++);
  event.epoch = rows.as<Epoch>(row, column++);
  event.kind = rows.as<wire::EventKind>(row, column++);
  event.sender = rows.as<UserId>(row, column++);
  event.device = rows.as<DeviceId>(row, column++);
  event.cseq = rows.as<Cseq>(row, column++);
  event.client_msg_id = rows.as<ClientMsgId>(row, column++);
  event.ts = rows.as<WallTime>(row, column++);
  event.msg_no = rows.u64(row, column++);
  event.target = rows.as<Seq>(row, column++);
  event.thread = rows.as<Seq>(row, column++);
  event.subject = rows.as<UserId>(row, column++);
  event.role = rows.as<wire::Role>(row, column++);
  const std::uint64_t body_hash = rows.u64(row, column++);
  event.erased_hash = rows.flag(row, column++) ? body_hash : 0;
  event.body = rows.bytes(row, column);
  return event;
}

void each_event(Session& session, RoomId room, Seq from, Seq to, const std::function<void(const wire::Event&)>& take) {
  for (Seq at = from.prev(); at < to;) {
    const Rows rows = session.ask("SELECT " STARLING_PG_EVENT_COLUMNS
                                  " FROM events WHERE room_id = $1::bigint AND seq > $2::bigint AND seq <= $3::bigint "
                                  "ORDER BY seq LIMIT $4::bigint",
                                  Params().add(room).add(at).add(to).add(kEventsAtOnce));
    if (rows.empty()) return;
    for (int i = 0; i < rows.count(); ++i) take(event_of(rows, i, 0, room));
    at = rows.as<Seq>(rows.count() - 1, 0);
  }
}

}  // namespace starling::postgres
