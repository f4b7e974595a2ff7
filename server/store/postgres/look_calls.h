// What is asked about rooms beside their logs. Who asks is judged by server/ports/authorize.h, in the snapshot of the answer.
#pragma once

#include <span>
#include <vector>

#include "server/ports/store.h"
#include "server/store/postgres/call.h"
#include "server/store/postgres/rows.h"

namespace starling::postgres {

std::vector<Call> calls_of(const ports::ReadRooms& request);
ports::RoomsAnswered result_of(const ports::ReadRooms& request, std::span<const Rows> answers);

}  // namespace starling::postgres
