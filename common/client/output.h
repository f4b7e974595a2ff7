// What a session asks of its driver, as values. Carry one Output out in this order: persists (all of them in one
// transaction), frames, link, notices; then clear it. Pointers in it point into the frame that was handed in, and die
// with it.
#pragma once

#include <cstdint>
#include <variant>
#include <vector>

#include "common/base/time.h"
#include "common/client/room_cursor.h"
#include "common/wire/frames.h"

namespace starling::client {

// ---- to store

/// The event and the cursor behind it, together.
struct PersistEvent {
  const wire::Event* event = nullptr;
  RoomState state;
};
/// The room's row: a reset, a new mode, membership.
struct PersistRoom {
  RoomState state;
};
/// Inserts or replaces the entry named by client_msg_id, and stores last_cseq in the room's row.
struct PersistOutboxPut {
  wire::Send send;
  Cseq last_cseq;
};
/// Deletes the entry, and stores the room's floor. An entry that comes back is sent again and answered Duplicate.
struct PersistOutboxRemove {
  ClientMsgId client_msg_id;
  RoomState state;
};
/// The rooms named by the RoomList and RoomChanged notices up to here are the list as of this version.
struct PersistRoomsVersion {
  std::uint64_t rooms_version = 0;
};
/// The changed items, and the version that is behind them. prev 0: what is stored goes first.
struct PersistItems {
  const wire::Items* items = nullptr;
};
using PersistOp =
    std::variant<PersistEvent, PersistRoom, PersistOutboxPut, PersistOutboxRemove, PersistRoomsVersion, PersistItems>;
struct Persist {
  /// Grows by one. Report the highest that is durable, with all before it, to Session::on_persisted.
  std::uint64_t token = 0;
  PersistOp op;
};

// ---- to show

/// The next event of its room, in order, once.
struct Applied {
  const wire::Event* event = nullptr;
};
/// A send has its final answer and has left the outbox.
struct Settled {
  RoomId room;
  Cseq cseq;
  ClientMsgId client_msg_id;
  wire::SendStatus status = wire::SendStatus::Accepted;
  Epoch epoch;
  Seq seq;
  WallTime ts;
};
/// A send of the room was answered Busy: what waits in it goes again by itself, then.
struct Held {
  RoomId room;
  Instant until = kNever;
};
/// A waiting send was given another cseq: the log's counter went elsewhere (a loss by policy).
struct Renumbered {
  RoomId room;
  ClientMsgId client_msg_id;
  Cseq from;
  Cseq to;
};
/// The room's cursor was set to `start`. What is shown of the room begins anew there.
struct RoomReset {
  const wire::SyncedRoom* answer = nullptr;
  wire::ResetReason reason = wire::ResetReason::None;
  wire::Cursor start;
};
/// The room is subscribed as its mode says; the answer holds head and read marker.
struct RoomSynced {
  const wire::SyncedRoom* answer = nullptr;
};
struct HeadMoved {
  const wire::Head* head = nullptr;
};
struct RoomsListed {
  const wire::RoomList* list = nullptr;
};
struct RoomChanged {
  const wire::RoomChanged* change = nullptr;
};
/// Not a member any more, as a list or a change of it says.
struct RoomLeft {
  RoomId room;
};
struct RoomMade {
  const wire::RoomCreated* answer = nullptr;
};
struct RoomJoined {
  const wire::RoomJoined* answer = nullptr;
};
/// prev 0: these are all that there are.
struct ItemsChanged {
  const wire::Items* items = nullptr;
};
struct ItemPut {
  const wire::ItemPut* answer = nullptr;
};
struct PageRead {
  const wire::HistoryPage* page = nullptr;
};
/// The history request got no answer: the connection broke, or it took too long.
struct PageFailed {
  std::uint32_t request_id = 0;
  RoomId room;
};
struct ReadMarked {
  const wire::ReadMarked* mark = nullptr;
};
struct Typing {
  const wire::TypingNotice* notice = nullptr;
};
/// Logged in. The ticket is for the next Credentials.
struct Welcomed {
  const wire::Welcome* welcome = nullptr;
  bool by_ticket = false;
};
struct ServerError {
  const wire::Error* error = nullptr;
};

/// Of users that are watched.
struct PresenceSeen {
  const wire::PresenceChanged* changed = nullptr;
};
/// Of a room whose receipts are shown, or were. While they are, marks only grow; those not named stand where they were.
struct ReceiptsSeen {
  const wire::Receipts* receipts = nullptr;
};

enum class LinkState : std::uint8_t { Stopped, Waiting, Connecting, Authenticating, Ready };
struct StateChanged {
  LinkState state = LinkState::Stopped;
  std::uint16_t close_code = 0;   // Waiting: why the last connection ended; 0: not by a close frame
  Instant next_attempt = kNever;  // Waiting
};

/// The session has stopped and will not try again by itself.
enum class FatalReason : std::uint8_t {
  Unauthorized = 1,    // 4001 with a token: log in
  TokenExpired = 2,    // 4002 with a token: log in
  Fenced = 3,          // 4003: the device logged in elsewhere
  Version = 4,         // 4011: update
  DeviceConflict = 5,  // the log holds another body under this device and cseq: the device was cloned, take a new id
  DeviceChanged = 6,   // the token names another device than the outbox was written for
};
struct Fatal {
  FatalReason reason = FatalReason::Unauthorized;
};

using Notice = std::variant<Applied, Settled, Renumbered, RoomReset, RoomSynced, HeadMoved, RoomsListed, RoomChanged,
                            RoomLeft, RoomMade, RoomJoined, ItemsChanged, ItemPut, PageRead, PageFailed, ReadMarked,
                            Typing, Welcomed, ServerError, StateChanged, Fatal, PresenceSeen, ReceiptsSeen, Held>;

struct Output {
  enum class Link : std::uint8_t { Keep, Connect, Disconnect };

  std::vector<Persist> persists;
  std::vector<wire::ClientFrame> frames;
  Link link = Link::Keep;
  std::uint16_t close_code = 0;  // with Disconnect
  std::uint32_t node = 0;        // with Connect: where the server wants it made, if a balancer can be told; 0: anywhere
  std::vector<Notice> notices;

  void clear() {
    persists.clear();
    frames.clear();
    link = Link::Keep;
    close_code = 0;
    node = 0;
    notices.clear();
  }
  bool empty() const { return persists.empty() && frames.empty() && link == Link::Keep && notices.empty(); }
};

}  // namespace starling::client
