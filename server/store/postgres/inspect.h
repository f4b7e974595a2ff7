// Views of a database for its operator, also while nodes write.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "common/base/ids.h"
#include "common/base/result.h"
#include "server/store/log_check.h"
#include "server/store/room_views.h"

namespace starling::postgres {

/// By room ascending, one after another: memory does not grow with their number. The errors say what to do.
Result<void, std::string> each_room(const std::string& conninfo,
                                    const std::function<void(const store::RoomSummary&)>& take);
Result<store::RoomView, std::string> room_show(const std::string& conninfo, RoomId room);
/// Present members first, then who is banned, muted or invited without being one; by user ascending.
Result<std::vector<store::MemberView>, std::string> members_of(const std::string& conninfo, RoomId room);
/// Folds the log anew and compares it with its checkpoints. The room exists.
Result<store::LogCheck, std::string> check_log(const std::string& conninfo, RoomId room);
/// The newest `count` events, ascending.
Result<std::vector<wire::Event>, std::string> last_events(const std::string& conninfo, RoomId room,
                                                          std::uint32_t count);

}  // namespace starling::postgres
