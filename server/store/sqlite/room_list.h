// All rooms, and all who have to do with one, for the operator; also while a server writes.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "common/base/ids.h"
#include "common/base/result.h"
#include "server/store/room_views.h"

namespace starling::store {

/// By room ascending, one after another: memory does not grow with their number.
Result<void, std::string> each_room(const std::string& path, const std::function<void(const RoomSummary&)>& take);

/// Present members first, then who is banned, muted or invited without being one; by user ascending.
Result<std::vector<MemberView>, std::string> members_of(const std::string& path, RoomId room);

}  // namespace starling::store
