// What an operator sees of rooms, whatever store they are in.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "common/base/ids.h"
#include "common/base/time.h"
#include "server/ports/store.h"

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

struct RoomView {
  bool exists = false;
  RoomId room;
  wire::RoomKind kind = wire::RoomKind::Group;
  std::string title;
  Epoch epoch;
  Seq head;
  Seq min_seq;
  std::uint64_t msg_no = 0;
  WallTime last_ts;
  Seq checkpoint_seq;
  std::uint64_t devices = 0;  // that ever sent
  std::vector<ports::Member> members;
};

struct MemberView {
  UserId user;
  std::string handle;                  // empty where the database keeps no accounts
  wire::Role role = wire::Role::None;  // None: not present
  Seq join_seq;
  bool muted = false;
  bool banned = false;
  bool invited = false;
};

}  // namespace starling::store
