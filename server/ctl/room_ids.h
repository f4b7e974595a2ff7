// Room numbers out of a text, as `ledger --rooms` takes them.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "common/base/ids.h"
#include "common/base/result.h"

namespace starling::ctl {

/// Separated by white space, in any order. The error quotes what is no room's number.
Result<std::vector<RoomId>, std::string> parse_room_ids(std::string_view text);

}  // namespace starling::ctl
