// All rooms, and all who have to do with one, for the operator; also while a server writes.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "common/base/ids.h"
#include "common/base/result.h"
#include "common/base/time.h"
#include "common/wire/event.h"

namespace starling::store {

struct RoomSummary {
  RoomId room;
  wire::RoomKind kind = wire::RoomKind::Group;
  std::string title;
  bool is_public = false;
  Epoch epoch;
  Seq head;
  Seq min_seq;
  std::uint64_t members = 0;
  WallTime last_ts;
};
/// By room ascending, one after another: memory does not grow with their number.
Result<void, std::string> each_room(const std::string& path, const std::function<void(const RoomSummary&)>& take);

struct MemberView {
  UserId user;
  std::string handle;                  // empty where the database keeps no accounts
  wire::Role role = wire::Role::None;  // None: not present
  Seq join_seq;
  bool muted = false;
  bool banned = false;
  bool invited = false;
};
/// Present members first, then who is banned, muted or invited without being one; by user ascending.
Result<std::vector<MemberView>, std::string> members_of(const std::string& path, RoomId room);

}  // namespace starling::store
