// What is written, as values that own all they name: they cross to the cache's thread.
#pragma once

#include <cstdint>
#include <string>
#include <variant>
#include <vector>

#include "client-qt/cache/rows.h"
#include "common/client/output.h"

namespace starling::qt {

struct StoreEvent {
  wire::Event event;
  client::RoomState state;
};
struct StoreRoom {
  client::RoomState state;
};
struct StoreOutboxPut {
  wire::Send send;
  Cseq last_cseq;
  WallTime queued;
};
struct StoreOutboxRemove {
  ClientMsgId client_msg_id;
  client::RoomState state;
};
struct StoreRoomsVersion {
  std::uint64_t rooms_version = 0;
};
struct StoreRoomInfo {
  wire::RoomInfo info;
};
/// Zero fields say nothing; the others only raise what is stored.
struct StoreMarks {
  RoomId room;
  Seq head;
  std::uint64_t head_msg_no = 0;
  Seq min_seq;
  Seq read_seq;
  std::uint64_t read_msg_no = 0;
};
/// The cursor jumped to `start`. `other_history`: what is cached of the log is not its past.
struct StoreJump {
  RoomId room;
  Seq start;
  bool other_history = false;
};
struct StorePage {
  RoomId room;
  std::vector<wire::Event> events;
  std::vector<wire::Event> related;
};
/// An orphan was given to the log by other means, or found in it.
struct DropOrphan {
  ClientMsgId client_msg_id;
};
/// A message for a room that still has orphans: it waits behind them.
struct StoreOrphan {
  wire::Send send;
  WallTime queued;
};
/// This device's counters end: everything that waits becomes an orphan.
struct ForsakeDevice {};
struct StoreRefused {
  wire::Send send;
  wire::SendStatus status = wire::SendStatus::Rejected;
};
struct DismissRefused {
  ClientMsgId client_msg_id;
};
struct StoreAccount {
  std::string key;
  std::string value;
};
struct StoreDraft {
  RoomId room;
  DraftRow draft;  // an empty text deletes it
};
struct StoreProfile {
  ProfileRow profile;
};
/// What the server says of the user's items, and the version behind it.
struct StoreItems {
  wire::Items items;
};
/// One of them as it is now, with what this device wants of it.
struct StoreItem {
  ItemRow row;
};
/// Another device's draft: in place of the one here when that still reads as `before`, else beside it.
struct OfferDraft {
  RoomId room;
  std::string text;
  std::string before;
  std::uint64_t version = 0;
};
struct StorePeer {
  RoomId room;
  UserId peer;
};

using CacheOp =
    std::variant<StoreEvent, StoreRoom, StoreOutboxPut, StoreOutboxRemove, StoreRoomsVersion, StoreRoomInfo, StoreMarks,
                 StoreJump, StorePage, DropOrphan, StoreOrphan, ForsakeDevice, StoreRefused, DismissRefused,
                 StoreAccount, StoreDraft, StoreProfile, StorePeer, StoreItems, StoreItem, OfferDraft>;

/// All or nothing.
struct Batch {
  std::uint64_t token = 0;  // the highest of the engine's persists in it; 0: none
  std::vector<CacheOp> ops;
};

}  // namespace starling::qt
