// A foreign archive on its way into export lines: users, rooms out of what happened in them, and a count of what was left.
#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "common/wire/event.h"
#include "server/transfer/import.h"
#include "server/transfer/json_line.h"

namespace starling::transfer {

/// How many of what an archive holds did not come along, by what they are.
using Skipped = std::map<std::string, std::uint64_t, std::less<>>;

struct ForeignUser {
  UserId user;
  std::string handle;
  std::string display_name;
  std::string avatar_color;  // "#rrggbb"; empty: not known
  std::string status_text;
};

/// Something that happened in a room. Messages are named by a key of the archive's; the others refer to it.
struct Act {
  std::int64_t at_us = 0;  // since 1970
  wire::EventKind kind = wire::EventKind::Message;
  UserId sender;
  std::string key;     // Message
  std::string target;  // the key of a message; empty: none
  std::string thread;  // likewise, of the thread's root
  UserId subject;
  wire::Role role = wire::Role::None;
  std::string body;
  bool erased = false;  // a message whose text the archive does not hold any more
};
/// One reply: where it hangs is decided here and nowhere else. It is in the thread of `root`, and answers nothing further.
void hang_below(Act& reply, std::string_view root);

struct ForeignRoom {
  RoomId room;
  std::string team;  // with `name`: out of which the numbers of its messages are made
  std::string name;
  wire::RoomKind kind = wire::RoomKind::Group;
  std::string title;
  std::vector<Act> acts;  // in any order; of equal times as they stand here
};

/// Owner: one thread.
class ForeignLines {
 public:
  ForeignLines(const TakeLine& take, Skipped& skipped) : take_(&take), skipped_(&skipped) {}

  void begin(std::string_view program);
  /// Once each.
  void user(const ForeignUser& user);
  void room(ForeignRoom&& room);
  void end();

  void skip(std::string_view what, std::uint64_t count = 1) {
    if (count != 0) (*skipped_)[std::string(what)] += count;
  }
  bool knows(UserId user) const { return users_.contains(user); }

 private:
  void put();

  const TakeLine* take_;
  Skipped* skipped_;
  JsonLine line_;
  std::set<UserId> users_;
  std::set<RoomId> rooms_;
  std::uint64_t events_ = 0;
  std::uint64_t lines_ = 0;
};

}  // namespace starling::transfer
