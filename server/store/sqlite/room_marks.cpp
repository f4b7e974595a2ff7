#include "server/store/sqlite/room_marks.h"

namespace starling::store {

RoomMarks::RoomMarks(Connection& connection)
    : read_(connection,
            "INSERT INTO read_marks (user_id, room_id, seq, msg_no) VALUES (?, ?, ?, ?) "
            "ON CONFLICT DO UPDATE SET seq = excluded.seq, msg_no = excluded.msg_no WHERE excluded.seq > seq"),
      checkpoint_(connection,
                  "INSERT INTO checkpoints (room_id, seq, hash) SELECT room_id, ?2, ?3 FROM rooms "
                  "WHERE room_id = ?1 AND epoch = ?4 AND head >= ?2 AND ?2 > "
                  "(SELECT coalesce(max(seq), 0) FROM checkpoints WHERE room_id = ?1)"),
      raise_(connection, "UPDATE rooms SET epoch = ? WHERE room_id = ? AND epoch = ?"),
      epoch_(connection, "SELECT epoch FROM rooms WHERE room_id = ?") {}

void RoomMarks::put(const ports::PutReadMarks& request) {
  for (const ports::ReadMarkRow& mark : request.marks) {
    if (mark.seq) read_.run(mark.user, mark.room, mark.seq, mark.msg_no);
  }
}

void RoomMarks::put(const ports::PutCheckpoint& request) {
  checkpoint_.run(request.room, request.seq, request.hash, request.epoch);
}

ports::EpochRaised RoomMarks::raise(const ports::RaiseEpoch& request) {
  raise_.run(request.to, request.room, request.expected);
  Rows rows = epoch_.query(request.room);
  return {.epoch = rows.next() ? rows.as<Epoch>(0) : Epoch()};
}

}  // namespace starling::store
