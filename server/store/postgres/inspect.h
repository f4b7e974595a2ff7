// Views of a database for its operator, also while nodes write.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "common/base/ids.h"
#include "common/base/result.h"
#include "server/store/log_check.h"
#include "server/store/postgres/part.h"
#include "server/store/room_views.h"

namespace starling::postgres {

/// By room ascending, one after another: memory does not grow with their number. The errors say what to do.
Result<void, std::string> each_room(const Database& database,
                                    const std::function<void(const store::RoomSummary&)>& take);
Result<store::RoomView, std::string> room_show(const Database& database, RoomId room);
/// Present members first, then who is banned, muted or invited without being one; by user ascending.
Result<std::vector<store::MemberView>, std::string> members_of(const Database& database, RoomId room);
/// Folds the log anew and compares it with its checkpoints. The room exists.
Result<store::LogCheck, std::string> check_log(const Database& database, RoomId room);
/// The newest `count` events, ascending.
Result<std::vector<wire::Event>, std::string> last_events(const Database& database, RoomId room, std::uint32_t count);

}  // namespace starling::postgres
