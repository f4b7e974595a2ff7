// The store seam: batches of operations in, completions out, both plain values. The store is the arbiter of a room's
// log; a home is only an optimisation over it. Implementations: server/store/sqlite, server/store/postgres, loadsim/sim (a
// model with faults). All pass the contract suite in tests/contract.
#pragma once

#include <cstdint>
#include <string>
#include <variant>
#include <vector>

#include "common/base/ids.h"
#include "common/base/time.h"
#include "common/wire/frames.h"
#include "server/ports/accounts.h"
#include "server/ports/rooms.h"
#include "server/ports/view.h"

namespace starling::ports {

/// A checkpoint of the prefix hash is kept every so many events.
inline constexpr std::uint64_t kCheckpointEvery = 256;

enum class StoreStatus : std::uint8_t {
  Ok = 1,
  Unknown = 2,      // it may or may not have happened: repeat the identical operation, its key decides
  Unavailable = 3,  // it did not happen: locked, restarting; try again later
  Full = 4,         // it did not happen: no space
  Stopped = 5,      // the store had a fatal error (a failed fsync, a corrupt file); the process must restart
};

// ---- operations

/// With a fence, by a home of several nodes, this takes the room over: a commit with an older one is refused from then on,
/// and one that is under way is over before the answer. The fence is the number of the view in which the home became it.
/// 0: who asks is no home among several, and neither fences nor is fenced.
struct LoadRoom {
  RoomId room;
  ViewId fence;
};

struct CommitRow {
  UserId user;
  DeviceId device;
  Cseq cseq;
  ClientMsgId client_msg_id;
  wire::EventKind kind = wire::EventKind::Message;
  Seq target;
  Seq thread;
  UserId subject;
  wire::Role role = wire::Role::None;
  bool renumbered = false;
  std::uint64_t body_hash = 0;
  std::string body;
};
/// One transaction for one room. A row of device 0 is the server's: it counts for no device, and may be repeated, since
/// it only makes its user a member (MemberAdd) or declines an invitation (MemberRemove). Inside, in this order: lock the room, check the epoch, and per row: duplicates,
/// strict cseq = last + 1 (only the unbroken run of a device is accepted), the rights of server/ports/authorize.h, the
/// target, and in how many rooms a new member is; then insert, advance the device's counter (for rejected rows too) and move the head.
struct CommitBatch {
  RoomId room;
  Epoch epoch;
  ViewId fence;                                   // as in the LoadRoom
  std::uint32_t rooms_per_user_max = UINT32_MAX;  // who is in so many joins no other
  WallTime now;
  std::vector<CommitRow> rows;
};

/// A place in a room's log that its reader knows to be committed, and that is enough for it.
struct Floor {
  Epoch epoch;  // 0: nothing less than the whole log is
  Seq seq;
};

/// Events after `from` (forward) or before it (backward; 0: from the head), ascending either way. With a floor a standby
/// may answer whose log is of that epoch and reaches so far; it has everything up to there, and perhaps nothing beyond.
struct ReadPage {
  RoomId room;
  Seq from;
  bool backward = false;
  std::uint32_t limit = 0;
  std::uint32_t bytes_max = 0;  // at least one event is returned whatever its size
  bool related = false;         // also later edits, deletions and reactions of the page's events, bytes_max of them
  Floor floor;
};

/// The last cseq that the log consumed for a device in a room.
struct ReadDevice {
  RoomId room;
  DeviceId device;
};

struct LoadUser {
  UserId user;
};

/// Items of a user that were changed after a version, oldest change first. An `after` that is no version of these items
/// (they were put back from a backup, or it is beyond the newest) reads from the beginning.
struct LoadItems {
  UserId user;
  std::uint64_t after = 0;
};
/// Sets an item that is at version `base` (0: absent or removed). A repeat finds the value there, which is as good.
struct PutItem {
  UserId user;
  wire::ItemKind kind = wire::ItemKind::Setting;
  std::string key;
  std::string value;  // empty: removed
  std::uint64_t base = 0;
};
/// A user's own items, the removed included: a folder or a draft for each of more rooms than anybody looks at.
inline constexpr std::uint64_t kItemsPerUserMax = 4096;
/// What an item counts in a frame beyond its key and its value.
inline constexpr std::size_t kItemBytes = 24;
/// Mentions of a user that are kept.
inline constexpr std::uint64_t kMentionSlots = 256;

/// Keyed by (device, request_id); a direct room is unique by its two users. Its log begins with MemberAdd events of
/// the server's device, the creator first (Owner; in a direct room both are Member).
struct CreateRoom {
  UserId user;
  DeviceId device;
  std::uint64_t request_id = 0;
  RoomId proposed;  // used when the room is new
  wire::RoomKind kind = wire::RoomKind::Group;
  std::uint32_t rooms_per_user_max = UINT32_MAX;
  std::string title;
  std::vector<UserId> members;
  WallTime now;
};

struct ReadMarkRow {
  UserId user;
  RoomId room;
  Seq seq;
  std::uint64_t msg_no = 0;
};
/// Max-registers: a lower mark than the stored one changes nothing.
struct PutReadMarks {
  std::vector<ReadMarkRow> marks;
};

/// `hash` is the fold of the log up to `seq`, a multiple of kCheckpointEvery.
struct PutCheckpoint {
  RoomId room;
  Epoch epoch;
  Seq seq;
  PrefixHash hash;
};

/// Compare-and-set: the room's epoch becomes `to` when it is still `expected`. A repeat finds it raised.
struct RaiseEpoch {
  RoomId room;
  Epoch expected;
  Epoch to;
  ViewId fence;  // as in the LoadRoom
};

/// A node of several keeps its place. One transaction: locks the view, gives the node its lease anew, puts out those
/// whose lease is over, and raises the view's number by one when the nodes are others than before. Time is the store's,
/// and passes only as far as somebody comes: after an outage nobody is put out before it could come, and a clock that
/// jumps puts out nobody.
struct KeepLease {
  ViewNode node;
  Duration lease{};
  ViewId known;  // 0: a new process asks to be let in, in place of an earlier one of its node
};

using StoreRequest =
    std::variant<LoadRoom, CommitBatch, ReadPage, ReadDevice, LoadUser, LoadItems, CreateRoom, PutReadMarks,
                 PutCheckpoint, RaiseEpoch, PutItem, ReadRooms, ChangeRooms, ReadAccounts, ChangeAccounts, KeepLease>;

struct StoreOp {
  std::uint64_t id = 0;  // unique per shard and boot; comes back in the completion
  StoreRequest request;
};
static_assert(sizeof(StoreOp) <= 192, "queues are full of them: what is large and rare stands aside");

// ---- completions

struct Member {
  UserId user;
  wire::Role role = wire::Role::None;
  Seq join_seq;
  Seq visible_from{1};  // the oldest event that the member may read
  bool operator==(const Member&) const = default;
};

struct RoomLoaded {
  bool exists = false;
  bool fenced = false;  // another home has the room: nothing else is said
  wire::RoomKind kind = wire::RoomKind::Group;
  std::string title;
  Epoch epoch;
  Seq head;
  std::uint64_t msg_no = 0;
  Seq min_seq{1};
  WallTime last_ts;
  bool history_joined = false;  // who joins reads from there on
  std::vector<Member> members;  // present members, by user ascending
  Seq checkpoint_seq;           // newest checkpoint of this epoch's log; 0: the empty log
  PrefixHash checkpoint_hash;
  std::vector<wire::Event> tail;  // (checkpoint_seq, head]
};

struct CommitRowResult {
  wire::SendStatus status = wire::SendStatus::Accepted;
  Seq seq;        // Accepted, Duplicate
  Cseq expected;  // OutOfOrder
  std::uint64_t msg_no = 0;
  WallTime ts;
};
struct Committed {
  CommitBatch batch;  // given back, so that nobody copies bodies
  bool exists = true;
  bool fenced = false;  // another home has the room: nothing was done, and no row has a result
  Epoch epoch;          // the room's; differs from the batch's: nothing was done, every row says StaleEpoch
  Seq prev_head;        // before this batch: differs from the home's head when another home wrote
  Seq head;
  std::vector<CommitRowResult> results;  // one a row; empty unless the status is Ok
};

struct PageRead {
  bool exists = true;
  Epoch epoch;
  Seq min_seq{1};
  Seq head;
  PrefixHash hash_before;  // fold up to the event before the first one returned (an empty page: up to `from`)
  std::vector<wire::Event> events;
  std::vector<wire::Event> related;
  Seq related_to;  // `related` is complete up to here: the head, unless bytes_max cut it
};

struct DeviceRead {
  Cseq last_cseq;
};

struct UserRoom {
  wire::RoomInfo info;
  Seq read_seq;
  std::uint64_t read_msg_no = 0;
};
struct UserLoaded {
  std::uint64_t rooms_version = 0;
  std::uint64_t items_version = 0;
  std::vector<UserRoom> rooms;  // by room ascending
};

struct ItemsLoaded {
  wire::Items changes;  // prev: `after`, or 0 when it was no version of these
};
struct ItemStored {
  wire::PutStatus status = wire::PutStatus::Put;  // Put, Conflict or TooMany
  wire::Item item;                                // what is there now
};

struct RoomMade {
  wire::CreateStatus status = wire::CreateStatus::Created;
  RoomId room;
};

struct EpochRaised {
  Epoch epoch;          // the room's now
  bool fenced = false;  // another home has the room: nothing was done
};

/// `views`: all after the known one, in order, so that nobody misses a home that came and went; to a new process the
/// present one. Who knows none of the newest kViewsKept is not kept.
struct LeaseKept {
  bool kept = false;  // else it was put out, or a later process has its place
  WallTime now;       // the store's; 0: it has no clock but the node's
  std::vector<View> views;
};
inline constexpr std::size_t kViewsKept = 32;

struct Done {};

using StoreResult = std::variant<Done, RoomLoaded, Committed, PageRead, DeviceRead, UserLoaded, ItemsLoaded, RoomMade,
                                 EpochRaised, ItemStored, RoomsAnswered, AccountsAnswered, LeaseKept>;

/// `result` holds the alternative that belongs to the request: when the status is not Ok it is Done, but for a
/// CommitBatch, whose Committed always gives the batch back.
struct StoreCompletion {
  std::uint64_t id = 0;
  StoreStatus status = StoreStatus::Ok;
  StoreResult result;
};
static_assert(sizeof(StoreCompletion) <= 176);

}  // namespace starling::ports
