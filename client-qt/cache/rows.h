// What the cache gives back, as plain values.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "common/client/room_cursor.h"
#include "common/wire/frames.h"

namespace starling::qt {

/// The newest message of a room, as a list shows it.
struct Preview {
  Seq seq;
  UserId sender;
  WallTime ts;
  std::string text;
  bool deleted = false;
};

struct RoomRow {
  client::RoomState state;
  wire::RoomInfo info;
  Seq head;
  std::uint64_t head_msg_no = 0;
  Seq min_seq;
  Seq read_seq;
  std::uint64_t read_msg_no = 0;
  UserId peer;          // Direct: the other one, once known
  Seq contiguous_from;  // events from here to the cursor are all there; 0: none are
  Preview preview;
  std::uint32_t mentions = 0;  // unread ones of this user
};

/// A message that waits; `orphan`: it was written for an earlier device and has no number under this one.
struct OutboxRow {
  wire::Send send;
  WallTime queued;
  Seq after;  // the room's cursor when it was queued
  bool orphan = false;
};

/// A message that the log refused; kept until it is dismissed.
struct RefusedRow {
  wire::Send send;
  wire::SendStatus status = wire::SendStatus::Rejected;
  WallTime queued;
};

struct DraftRow {
  std::string text;
  std::uint64_t version = 0;
  std::string other_text;  // another device's version, when both were changed
  std::uint64_t other_version = 0;
};

struct ProfileRow {
  UserId user;
  std::string handle;
  std::string name;
  std::string color;
  std::string status;
};

/// An item as the server has it (version 0: not at all), and what this device wants it to be until the server has that.
struct ItemRow {
  wire::Item item;
  std::optional<std::string> wanted;
};

/// A run of a room's log, and what later events did to its messages.
struct LogSlice {
  std::vector<wire::Event> events;   // ascending, without a gap
  std::vector<wire::Event> related;  // ascending: edits, deletions, reactions from outside the run
  Seq contiguous_from;               // of the room, after this reading
};

/// What a start needs; no log in it.
struct Snapshot {
  std::map<std::string, std::string> account;
  DeviceId device;
  UserId user;
  std::uint64_t rooms_version = 0;
  std::uint64_t items_version = 0;
  std::vector<RoomRow> rooms;
  std::vector<OutboxRow> outbox;  // by room and cseq; orphans last
  std::vector<RefusedRow> refused;
  std::vector<ProfileRow> profiles;
  std::vector<ItemRow> items;
};

}  // namespace starling::qt
