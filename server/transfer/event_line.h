// An event as a line, and back: the one place that knows their fields.
#pragma once

#include "common/wire/event.h"
#include "server/transfer/fields.h"
#include "server/transfer/json_line.h"

namespace starling::transfer {

/// Between `begin` and `end` of the line. What is zero or empty is left out.
void write_event(JsonLine& line, const wire::Event& event);
/// Refuses what no log of this program's version holds.
wire::Event read_event(Fields& fields, RoomId room);

}  // namespace starling::transfer
