// What crosses from shard to shard. A link may lose anything and repeats nothing by itself: whoever needs an answer
// carries a `request` number and asks again until it comes; everything else is found missing by the link's numbers.
//
// Words. A room's *home* batches its commits; a *local* is a shard's replica of a room that its sessions are in; a
// user's *home* holds the user's devices and read markers.
#pragma once

#include <cstdint>
#include <optional>
#include <utility>
#include <variant>
#include <vector>

#include "common/base/ids.h"
#include "common/base/time.h"
#include "common/wire/frames.h"

namespace starling::ports {

/// A request's number, which no other request of the shard has, in whatever life of it. 0: no answer is wanted.
using RequestId = std::uint64_t;

/// How a request fared, when its answer is not in the log's own terms.
enum class AskStatus : std::uint8_t { Ok = 1, Absent = 2, Unavailable = 3 };

// ---- room: local to home

/// Registers the asking shard for the rooms, and asks whether the user is a member. Answered room by room or in bulk.
struct JoinRooms {
  RequestId request = 0;
  UserId user;
  std::vector<RoomId> rooms;
};
/// No session of the asking shard is in the room any more.
struct LeaveRoom {
  RoomId room;
};
/// Events after `after`, from the home's tail.
struct FetchEvents {
  RoomId room;
  Seq after;
};
/// After a link lost something, or the home may have forgotten who listens: registers the asking shard for the rooms, and
/// asks how far they are. Rooms that are not in memory are told of once they are.
struct AskHeads {
  RequestId request = 0;
  std::vector<RoomId> rooms;
};
/// A cursor in this epoch names a prefix that the log never had.
struct DisputeEpoch {
  RequestId request = 0;
  RoomId room;
  Epoch epoch;  // the shard's
  Epoch seen;   // the device's: a later one than the log has, when the file was copied back
};

// ---- room: home to local

/// Where a log stands: the fold up to `seq` is `hash`.
struct RoomPosition {
  RoomId room;
  wire::RoomKind kind = wire::RoomKind::Group;
  Epoch epoch;
  Seq seq;
  Seq min_seq;
  std::uint64_t msg_no = 0;
  PrefixHash hash;
};
struct JoinedRoom {
  AskStatus status = AskStatus::Ok;
  wire::Role role = wire::Role::None;  // of the user that was asked about, as of the position
  Seq visible_from{1};                 // the oldest event that this user may read
  RoomPosition at;
};
struct JoinedRooms {
  RequestId request = 0;
  UserId user;
  std::vector<JoinedRoom> rooms;
};
/// Consecutive committed events of one room.
struct EventsPublished {
  RoomId room;
  Epoch epoch;  // the room's now
  std::vector<wire::Event> events;
};
/// `found`: the events are all from `after` to `head`. Otherwise the tail does not reach back: they are elsewhere, and fold
/// to `hash`.
struct EventsFetched {
  RoomId room;
  Epoch epoch;
  Seq after;
  Seq head;
  PrefixHash hash;  // the fold up to head
  bool found = false;
  std::vector<wire::Event> events;
};
struct RoomHead {
  RoomId room;
  Epoch epoch;
  Seq head;
};
/// Of rooms that were active lately, or the answer to AskHeads.
struct HeadDigest {
  RequestId request = 0;
  std::vector<RoomHead> heads;
};
/// Published when the epoch rose, and the answer to DisputeEpoch, whether it rose or not.
struct EpochNotice {
  RequestId request = 0;
  RoomPosition at;
};

// ---- sends

/// Device 0: by the server, for the user: a join or a declined invitation, in whatever epoch. Its answer has cseq 0.
struct ForwardSend {
  RequestId request = 0;
  ConnId conn;
  UserId user;
  DeviceId device;
  std::uint64_t body_hash = 0;
  wire::Send send;
};
struct SendAnswered {
  RequestId request = 0;
  ConnId conn;
  wire::SendResult result;
};

// ---- users: session to home

/// A device has connected, or its home has changed. Of two connections of a device the one that came later stays.
struct AttachDevice {
  RequestId request = 0;
  UserId user;
  DeviceId device;
  ConnId conn;
  Instant connected_at;             // by the clock that the header's sent_at is of
  std::uint64_t rooms_version = 0;  // that the device holds
};
struct DetachDevice {
  RequestId request = 0;
  UserId user;
  DeviceId device;
  ConnId conn;
  bool left = false;        // it said goodbye, or was silent for long: nobody waits for it to come back
  Instant sends_full_at{};  // when its budget of sends would have been full again
};
/// Whether somebody is at the device. Of two from one connection the one with the higher request is the later.
struct DeviceAway {
  RequestId request = 0;
  UserId user;
  ConnId conn;
  bool away = false;
};
/// A max-register.
struct MarkRead {
  RequestId request = 0;
  UserId user;
  ConnId conn;
  wire::ReadMark mark;
};
/// Items of the user have changed in the store.
struct ItemsChanged {
  RequestId request = 0;
  UserId user;
};
/// A membership of the user has changed in the log.
struct MembershipChanged {
  RequestId request = 0;
  UserId user;
  RoomId room;
};

// ---- users: home to session

/// Request 0: no answer, but news of the budgets for who was let in before.
struct DeviceAttached {
  RequestId request = 0;
  ConnId conn;
  bool admitted = true;  // false: too many connections
  std::uint64_t rooms_version = 0;
  std::uint64_t items_version = 0;
  std::uint32_t notices = 0;  // numbers up to here are contained in this answer
  Instant sends_full_at{};    // the budgets of the user's connections that have ended
  bool listed = false;        // `rooms` is the list as of rooms_version: the device held another
  std::vector<wire::RoomInfo> rooms;
  std::vector<wire::ReadMark> marks;
};
/// The device has connected elsewhere.
struct DeviceFenced {
  RequestId request = 0;
  UserId user;
  ConnId conn;
  bool again = false;  // it is not known for sure that it was the later: whoever is there is to connect again
};
/// For connections of one user. Changes of the list of rooms are numbered per user and apply in order: a repeat must not
/// overtake what came after it. 0: in no order (read markers, which are max-registers; items, which say what they follow). A list is whole: the session's
/// shard cuts it into messages.
struct UserNotice {
  RequestId request = 0;
  UserId user;
  std::uint32_t number = 0;
  std::vector<ConnId> conns;
  std::variant<wire::RoomChanged, wire::RoomList, wire::ReadMarked, wire::Items> frame;
};

// ---- presence and receipts: soft state, told again until it is answered and again when its lease is over

/// Which of these users may the watcher see, as a member of the room among members?
struct VisibleAsk {
  RoomId room;
  UserId watcher;
  ConnId conn;
  std::uint32_t number = 0;  // of this question: the answer carries it
  bool receipts = false;     // the room's receipts too, until the lease ends
  std::vector<UserId> users;
};
/// Local to the home of the rooms.
struct AskVisible {
  std::vector<VisibleAsk> asks;
};
/// Home to local. Unavailable: the room is not in memory, ask again.
struct VisibleUsers {
  RoomId room;
  ConnId conn;
  std::uint32_t number = 0;
  AskStatus status = AskStatus::Ok;
  bool member = false;  // the watcher is
  std::vector<UserId> users;
  std::optional<wire::Receipts> receipts;  // all of them, for this connection
};
/// What a shard knows of a user's presence; version 0: nothing.
struct WatchedVersion {
  UserId user;
  std::uint64_t version = 0;
};
/// The asking shard has sessions that see these users: it wants to hear of them for as long as a lease lasts. Those
/// that it knows in another version are told at once.
struct WatchPresence {
  RequestId request = 0;
  std::vector<WatchedVersion> users;
};
struct PresenceVersion {
  wire::UserPresence presence;
  std::uint64_t version = 0;  // grows with every change: an older one never replaces a newer
};
/// The users' home to a shard that watches. `request`: of the WatchPresence that this answers.
struct PresenceTold {
  RequestId request = 0;
  std::vector<PresenceVersion> users;
};

/// How far a member says it has come; a seq of 0 says nothing.
struct MarkSeen {
  RoomId room;
  UserId user;
  Seq delivered;
  Seq read;
};
/// Local to the home of the rooms: raises max-registers. Lossy: the next mark says it too.
struct MarksSeen {
  std::vector<MarkSeen> marks;
};
/// Home to the locals with sessions that show the room's receipts.
struct ReceiptsTold {
  wire::Receipts receipts;
};

// ---- either way

/// The request is done; there is nothing else to say.
struct Answered {
  RequestId request = 0;
};
/// Somebody types: local to home, and on to all locals. Lossy.
struct TypingSeen {
  RoomId room;
  UserId user;
};
struct TypingRelayed {
  RoomId room;
  UserId user;
};
/// The header's link number counts envelopes: this one says that there were so many.
struct Heartbeat {};

using Payload =
    std::variant<JoinRooms, LeaveRoom, FetchEvents, AskHeads, DisputeEpoch, JoinedRooms, EventsPublished, EventsFetched,
                 HeadDigest, EpochNotice, ForwardSend, SendAnswered, AttachDevice, DetachDevice, MarkRead, ItemsChanged,
                 MembershipChanged, DeviceAttached, DeviceFenced, UserNotice, Answered, TypingSeen, TypingRelayed,
                 Heartbeat, DeviceAway, AskVisible, VisibleUsers, WatchPresence, PresenceTold, MarksSeen, ReceiptsTold>;

struct EnvelopeHeader {
  ShardId from;
  std::uint64_t boot = 0;      // of `from`; grows with each start
  std::uint64_t to_boot = 0;   // of the receiver, as far as is known: it is not for another life of it. 0: any
  std::uint64_t link_seq = 0;  // 1, 2, 3… per (boot, from, to); a heartbeat repeats the last one
  ViewId view;                 // of the sender: shards of different views agree on no home, and do not talk
  Instant sent_at;             // by the sender's clock, as every Instant in a payload: it is not the receiver's
};

struct Envelope {
  EnvelopeHeader header;
  Payload payload;
};

/// What leaves a shard for a process: an envelope for one of its shards, and for those in `also` the same with the
/// numbers of their own links. Between nodes it crosses once.
struct Post {
  struct Copy {
    ShardId to;
    std::uint64_t link_seq = 0;
  };
  ShardId to;
  Envelope envelope;
  std::vector<Copy> also;
};

/// Calls take(ShardId, Envelope&&) for each shard that the post is for.
template <class Take>
void unpack(Post&& post, Take&& take) {
  for (const Post::Copy& copy : post.also) {
    Envelope envelope = post.envelope;
    envelope.header.link_seq = copy.link_seq;
    take(copy.to, std::move(envelope));
  }
  take(post.to, std::move(post.envelope));
}

}  // namespace starling::ports
