// The protocol as plain structs, one a frame. docs/PROTOCOL.md says what each means; starling.proto is its wire format.
#pragma once

#include <cstdint>
#include <string>
#include <variant>
#include <vector>

#include "common/base/ids.h"
#include "common/base/time.h"
#include "common/wire/event.h"

namespace starling::wire {

inline constexpr std::uint32_t kProtocolVersion = 1;

/// How far a device has persisted a room: the fold of the log up to `seq` is `hash`. {0, 0, 0} asks for a window.
struct Cursor {
  Epoch epoch;
  Seq seq;
  PrefixHash hash;
  bool operator==(const Cursor&) const = default;
};

// ---- client to server

/// First frame of a connection, within 5 s.
struct Hello {
  std::uint32_t version = kProtocolVersion;
  std::string token;                // access token, or the resume ticket of an earlier Welcome
  std::uint64_t rooms_version = 0;  // the last RoomList this device holds; 0: none
  std::string agent;
  std::uint64_t items_version = 0;  // of the user's items that this device holds; 0: none
  bool operator==(const Hello&) const = default;
};

enum class SyncMode : std::uint8_t { Full = 1, Heads = 2, Off = 3 };
struct SyncRoom {
  RoomId room;
  Cursor cursor;
  Seq floor;  // highest seq this device saw or had acknowledged: the answer is at least as new
  SyncMode mode = SyncMode::Full;
  bool operator==(const SyncRoom&) const = default;
};
/// Subscribes, resumes, or changes the mode of rooms.
struct Sync {
  std::vector<SyncRoom> rooms;
  bool operator==(const Sync&) const = default;
};

struct Send {
  RoomId room;
  Epoch epoch;  // of the client's cursor: a send from before a loss by policy is refused as StaleEpoch
  Cseq cseq;
  ClientMsgId client_msg_id;
  EventKind kind = EventKind::Message;
  Seq target;
  Seq thread;
  UserId subject;
  Role role = Role::None;
  bool renumbered = false;  // cseq was minted anew after a Reset: look for client_msg_id first
  std::string body;
  bool operator==(const Send&) const = default;
};

struct HistoryRequest {
  std::uint32_t request_id = 0;
  RoomId room;
  Seq from;              // exclusive
  bool backward = true;  // events below `from` (0: from the head), else above
  std::uint32_t limit = 50;
  Seq floor;
  bool operator==(const HistoryRequest&) const = default;
};

struct RoomSeq {
  RoomId room;
  Seq seq;
  bool operator==(const RoomSeq&) const = default;
};
/// Cumulative: all up to `seq` is persisted on this device.
struct Delivered {
  std::vector<RoomSeq> rooms;
  bool operator==(const Delivered&) const = default;
};

struct ReadMark {
  RoomId room;
  Seq seq;
  std::uint64_t msg_no = 0;
  bool operator==(const ReadMark&) const = default;
};

struct Typing {
  RoomId room;
  bool operator==(const Typing&) const = default;
};

/// Keyed by (device, request_id): a repeat answers with the same room.
struct CreateRoom {
  std::uint64_t request_id = 0;
  RoomKind kind = RoomKind::Group;
  std::string title;
  std::vector<UserId> members;  // besides the creator; exactly one for Direct
  bool operator==(const CreateRoom&) const = default;
};

/// Joins a public room, or one that the user was invited to; or declines the invitation. A repeat answers alike.
struct JoinRoom {
  std::uint64_t request_id = 0;
  RoomId room;
  bool decline = false;
  bool operator==(const JoinRoom&) const = default;
};

/// What a user keeps beside the rooms, the same on all devices: entries by (kind, key), each with the version at which
/// it was last changed. Versions count up over all items of a user; their upper 32 bits change when items were lost.
enum class ItemKind : std::uint8_t {
  Invitation = 1,  // key: room; value: "INVITER SEQ TITLE"
  Mention = 2,     // key: a slot that is used again; value: "ROOM SEQ SENDER"
  Draft = 3,       // key: room; value: text
  Mute = 4,        // key: room; value: until when, ms since 1970, or "always"
  Folder = 5,      // key: the folder's name; value: rooms, separated by spaces
  Setting = 6,     // key: its name
};
/// Those before are the server's own.
inline constexpr ItemKind kFirstOwnItem = ItemKind::Draft;
struct Item {
  ItemKind kind = ItemKind::Setting;
  std::string key;
  std::string value;  // empty: removed
  std::uint64_t version = 0;
  bool operator==(const Item&) const = default;
};
/// Sets an item that is at version `base` (0: absent). Anything else there is a conflict, and stays.
struct PutItem {
  std::uint64_t request_id = 0;
  ItemKind kind = ItemKind::Setting;
  std::string key;
  std::string value;
  std::uint64_t base = 0;
  bool operator==(const PutItem&) const = default;
};
/// Something was missed: all changes after this version, please.
struct ReadItems {
  std::uint64_t after = 0;
  bool operator==(const ReadItems&) const = default;
};

/// Whose presence this connection shows where it shows the room, in place of what it said of the room before; and
/// whether it shows the room's receipts. Nobody and no receipts: the room is not shown any more.
struct Watch {
  RoomId room;
  std::vector<UserId> users;
  bool receipts = false;
  bool operator==(const Watch&) const = default;
};

/// The person at this device has gone away, or is back. A connection begins with somebody there.
struct SetPresence {
  bool away = false;
  bool operator==(const SetPresence&) const = default;
};

using ClientFrame = std::variant<Hello, Sync, Send, HistoryRequest, Delivered, ReadMark, Typing, CreateRoom, JoinRoom,
                                 PutItem, ReadItems, Watch, SetPresence>;

// ---- server to client

struct Welcome {
  std::uint32_t version = kProtocolVersion;
  UserId user;
  DeviceId device;
  std::uint64_t boot = 0;  // differs after each start of the server
  WallTime now;
  std::string ticket;  // for the next Hello; verified without a database read
  WallTime ticket_expires;
  std::uint64_t rooms_version = 0;  // differs from Hello's: a RoomList follows
  bool operator==(const Welcome&) const = default;
};

struct RoomInfo {
  RoomId room;
  RoomKind kind = RoomKind::Group;
  Role role = Role::None;
  std::string title;
  bool operator==(const RoomInfo&) const = default;
};
/// The user's rooms as of `rooms_version`; `more`: another part follows.
struct RoomList {
  std::uint64_t rooms_version = 0;
  bool more = false;
  std::vector<RoomInfo> rooms;
  bool operator==(const RoomList&) const = default;
};
/// A room was joined (role) or left (Role::None), by this user or by another's doing.
struct RoomChanged {
  std::uint64_t rooms_version = 0;
  RoomInfo info;
  bool operator==(const RoomChanged&) const = default;
};

enum class SyncStatus : std::uint8_t {
  Live = 1,         // the cursor continues: events after it follow
  Reset = 2,        // it does not: events after `start` follow; `reason` says why
  NotMember = 3,    // not a member, or no such room
  Unavailable = 4,  // ask again after retry_after_ms
  Heads = 5,        // subscribed to heads
  Off = 6,
};
enum class ResetReason : std::uint8_t {
  None = 0,
  NewDevice = 1,  // no cursor: a window of the newest events
  TooFar = 2,     // more than 1,000 events behind
  Truncated = 3,  // below min_seq: retention has cut the log
  Epoch = 4,      // a loss by policy raised the epoch
  Diverged = 5,   // same epoch, other prefix hash
};
struct SyncedRoom {
  RoomId room;
  SyncStatus status = SyncStatus::Live;
  ResetReason reason = ResetReason::None;
  Epoch epoch;
  Seq head;
  std::uint64_t head_msg_no = 0;
  Seq min_seq;     // oldest event kept
  Cursor start;    // Live: the cursor as asked; Reset: where the pushed events begin
  Cseq next_cseq;  // on Reset: what the log expects next from this device
  Seq read_seq;
  std::uint64_t read_msg_no = 0;
  std::uint32_t retry_after_ms = 0;
  bool operator==(const SyncedRoom&) const = default;
};
/// Answers Sync, room by room; a Reset also comes unasked.
struct Synced {
  std::vector<SyncedRoom> rooms;
  bool operator==(const Synced&) const = default;
};

struct Head {
  RoomId room;
  Epoch epoch;
  Seq seq;
  std::uint64_t msg_no = 0;
  bool operator==(const Head&) const = default;
};

enum class SendStatus : std::uint8_t {
  Accepted = 1,        // final: committed at (epoch, seq)
  Duplicate = 2,       // final: it was committed before, at (epoch, seq)
  Conflict = 3,        // final: this (device, cseq) holds another body: the device was cloned
  Forbidden = 4,       // final, cseq consumed
  Rejected = 5,        // final, cseq consumed: invalid target, body or kind
  RejectedBefore = 6,  // final: this cseq was rejected earlier
  OutOfOrder = 7,      // not final: send again from `expected`
  StaleEpoch = 8,      // not final: Sync the room first
  Busy = 9,            // not final: again after retry_after_ms
  NoSuchRoom = 10,     // final: no such room; nothing was consumed
  TooManyRooms = 11,   // final, cseq consumed: whom it adds is in as many rooms as a user may be
};
constexpr bool is_final(SendStatus s) {
  return s != SendStatus::OutOfOrder && s != SendStatus::StaleEpoch && s != SendStatus::Busy;
}
struct SendResult {
  RoomId room;
  Cseq cseq;
  ClientMsgId client_msg_id;  // which message that was under this number: it may have another one by now
  SendStatus status = SendStatus::Accepted;
  Epoch epoch;
  Seq seq;
  WallTime ts;
  Cseq expected;
  std::uint32_t retry_after_ms = 0;
  bool operator==(const SendResult&) const = default;
};

struct HistoryPage {
  std::uint32_t request_id = 0;
  RoomId room;
  SyncStatus status = SyncStatus::Live;  // Live, NotMember or Unavailable
  std::uint32_t retry_after_ms = 0;
  Epoch epoch;
  PrefixHash hash_before;      // fold of the log before the first event
  std::vector<Event> events;   // ascending, contiguous
  std::vector<Event> related;  // later edits, deletions and reactions of the page's messages, up to as_of
  Seq as_of;
  Seq min_seq;
  Seq head;
  bool operator==(const HistoryPage&) const = default;
};

/// The user's read marker moved (another device, or this one): a max-register.
struct ReadMarked {
  RoomId room;
  Seq seq;
  std::uint64_t msg_no = 0;
  bool operator==(const ReadMarked&) const = default;
};

struct TypingNotice {
  RoomId room;
  UserId user;
  bool operator==(const TypingNotice&) const = default;
};

enum class CreateStatus : std::uint8_t {
  Created = 1,
  Existed = 2,
  Rejected = 3,
  Busy = 4,          // again after retry_after_ms
  TooManyRooms = 5,  // the user, or one of the members, is in as many rooms as a user may be
};
struct RoomCreated {
  std::uint64_t request_id = 0;
  CreateStatus status = CreateStatus::Created;
  RoomId room;
  std::uint32_t retry_after_ms = 0;
  bool operator==(const RoomCreated&) const = default;
};

enum class JoinStatus : std::uint8_t {
  Joined = 1,
  Already = 2,  // a member before; or, declining, not invited
  Declined = 3,
  Forbidden = 4,  // neither public nor invited, or banned
  NoSuchRoom = 5,
  Busy = 6,          // again after retry_after_ms
  TooManyRooms = 7,  // the user is in as many rooms as a user may be
};
struct RoomJoined {
  std::uint64_t request_id = 0;
  RoomId room;
  JoinStatus status = JoinStatus::Joined;
  std::uint32_t retry_after_ms = 0;
  bool operator==(const RoomJoined&) const = default;
};

/// All changes with versions in (prev, version]; of an item only the last one. prev 0: these are all items, what else
/// the device holds is gone. `more`: another frame follows.
struct Items {
  std::uint64_t prev = 0;
  std::uint64_t version = 0;
  bool more = false;
  std::vector<Item> items;
  bool operator==(const Items&) const = default;
};

enum class PutStatus : std::uint8_t {
  Put = 1,
  Conflict = 2,  // `item` is what is there
  TooMany = 3,
  Refused = 4,  // a kind that only the server writes
  Busy = 5,     // again after retry_after_ms
};
struct ItemPut {
  std::uint64_t request_id = 0;
  PutStatus status = PutStatus::Put;
  Item item;
  std::uint32_t retry_after_ms = 0;
  bool operator==(const ItemPut&) const = default;
};

/// The server will close this connection; come back after after_ms, to that node if the way there is known.
struct Reconnect {
  std::uint32_t after_ms = 0;
  std::uint32_t node = 0;  // 0: any
  std::string reason;
  bool operator==(const Reconnect&) const = default;
};

enum class ErrorCode : std::uint8_t {
  BadFrame = 1,
  UnknownRoom = 2,
  NotAllowed = 3,
  TooMany = 4,
  Internal = 5,
  Busy = 6,  // again after retry_after_ms
};
struct Error {
  ErrorCode code = ErrorCode::BadFrame;
  std::string message;
  RoomId room;
  std::uint32_t retry_after_ms = 0;
  bool operator==(const Error&) const = default;
};

enum class PresenceState : std::uint8_t {
  Offline = 1,  // no device is connected
  Away = 2,     // nobody is at any of the connected ones
  Online = 3,
};
struct UserPresence {
  UserId user;
  PresenceState state = PresenceState::Offline;
  WallTime last_seen;  // Offline: when the last device left; the epoch: not known
  bool operator==(const UserPresence&) const = default;
};
/// Of users that this connection watches.
struct PresenceChanged {
  std::vector<UserPresence> users;
  bool operator==(const PresenceChanged&) const = default;
};

/// How far a member has come in a room: max-registers, never beyond the head.
struct MemberReceipt {
  UserId user;
  Seq delivered;  // on the device that has most
  Seq read;
  bool operator==(const MemberReceipt&) const = default;
};
/// Of a room that this connection asked them for. A room of few members: those that moved. A large one: for each seq
/// from `counted_from` on, by how many members it was received, and read.
struct Receipts {
  RoomId room;
  std::vector<MemberReceipt> members;
  Seq counted_from;
  std::vector<std::uint32_t> delivered_counts;
  std::vector<std::uint32_t> read_counts;
  bool operator==(const Receipts&) const = default;
};

using ServerFrame =
    std::variant<Welcome, RoomList, RoomChanged, Synced, Event, Head, SendResult, HistoryPage, ReadMarked, TypingNotice,
                 RoomCreated, Reconnect, Error, RoomJoined, Items, ItemPut, PresenceChanged, Receipts>;

}  // namespace starling::wire
