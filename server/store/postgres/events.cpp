#include "server/store/postgres/events.h"

namespace starling::postgres {

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

}  // namespace starling::postgres
