// What `starlingctl room show` found, and its two forms. Bodies are not shown: an operator needs none to see whether a
// log is whole.
#pragma once

#include <string>
#include <vector>

#include "server/store/log_check.h"
#include "server/store/room_views.h"

namespace starling::ctl {

struct RoomReport {
  store::RoomView room;
  std::vector<wire::Event> last;  // ascending
  store::LogCheck check;
};

std::string to_text(const RoomReport& report);
/// One object on one line.
std::string to_json(const RoomReport& report);

}  // namespace starling::ctl
