// Links into rooms: made, revoked, used.
#pragma once

#include <span>
#include <vector>

#include "server/ports/store.h"
#include "server/store/postgres/call.h"
#include "server/store/postgres/rows.h"

namespace starling::postgres {

std::vector<Call> calls_of(const ports::ChangeRooms& request);
ports::RoomsAnswered result_of(const ports::ChangeRooms& request, std::span<const Rows> answers);

}  // namespace starling::postgres
