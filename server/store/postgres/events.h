// Events as rows: the one place that knows the columns' order.
#pragma once

#include <functional>

#include "common/wire/event.h"
#include "server/store/postgres/rows.h"

namespace starling::postgres {

class Session;

#define STARLING_PG_EVENT_COLUMNS                                                                                 \
  "seq, epoch, kind, sender, device, cseq, client_msg_id, ts, msg_no, target, thread, subject, role, body_hash, " \
  "erased, body"

inline constexpr int kEventColumns = 16;

/// Of a row whose columns from `first` on are STARLING_PG_EVENT_COLUMNS.
wire::Event event_of(const Rows& rows, int row, int first, RoomId room);

/// Of a room, from one seq to the other, both included, a thousand at a time.
void each_event(Session& session, RoomId room, Seq from, Seq to, const std::function<void(const wire::Event&)>& take);

}  // namespace starling::postgres
