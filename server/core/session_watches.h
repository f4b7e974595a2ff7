// What a session shows of other people: per room, who they are and how much of it the room's home has allowed.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "common/base/ids.h"
#include "common/base/time.h"

namespace starling::core {

/// A room that the session shows.
struct WatchView {
  RoomId room;
  std::uint32_t number = 0;  // of the last question to the room's home
  bool answered = false;
  bool receipts = false;
  bool member = false;  // of the room, as of the last answer
  std::uint8_t tries = 0;
  std::vector<UserId> wanted;   // ascending
  std::vector<UserId> visible;  // of them, those that the watcher may see; ascending
};

struct SessionWatches {
  std::vector<WatchView> views;
  std::uint32_t users = 0;  // wanted in all views
  // Whether somebody is at the device, and what the user's home was told last; nothing: who knows what it believes.
  bool away = false;
  std::optional<bool> told_away = false;
  bool late = false;  // listed to be told
  Instant told_at{};
};

}  // namespace starling::core
