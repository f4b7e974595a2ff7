// A room at its home: where its log stands, who its members are, which shards listen; and, only while there is something
// to do or something recent to remember, its work.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "server/core/budget.h"
#include "server/core/flat_index.h"
#include "server/core/member_list.h"
#include "server/core/tail.h"
#include "server/ports/envelope.h"
#include "server/ports/store.h"

namespace starling::core {

enum class HomeStage : std::uint8_t {
  Loading,  // nothing is known yet
  Ready,
  Committing,  // one batch is with the store
  Repeating,   // its outcome is unknown, or it could not be done: the identical batch goes again
  Reading,     // events that somebody else, or an attempt of unknown outcome, has written are read before anything else
  Raising,     // the epoch is being raised
};
const char* name_of(HomeStage stage);

/// Who gets the answer.
struct Origin {
  ShardId shard;
  ports::RequestId request = 0;
  ConnId conn;
};
struct QueuedSend {
  ports::CommitRow row;
  Epoch epoch;
  Origin origin;
};
/// What a row counts in a queue.
inline std::size_t size_of(const ports::CommitRow& row) { return sizeof(QueuedSend) + row.body.size(); }
/// What is remembered of a row that is with the store.
struct SendInFlight {
  DeviceId device;
  Cseq cseq;
  ClientMsgId client_msg_id;
  std::uint64_t body_hash = 0;
  Origin origin;
};
struct WaitingJoin {
  ShardId shard;
  UserId user;
};
struct WaitingDispute {
  ShardId shard;
  ports::RequestId request = 0;
};

struct HomeWork {
  std::vector<QueuedSend> queue;
  std::size_t queue_bytes = 0;  // of queue and in_flight
  std::vector<SendInFlight> in_flight;
  std::size_t in_flight_bytes = 0;
  ports::CommitBatch repeat;     // the batch that goes to the store again
  bool outcome_unknown = false;  // of an earlier attempt of the batch
  bool store_full = false;
  bool listed = false;  // among the rooms whose heads are told
  Seq missing_to;       // the log reaches to here at least
  Budget sends;         // of all devices together
  Tail tail;
  FlatIndex newest;                // by device: the highest cseq that is queued, in flight or was answered lately
  std::vector<WaitingJoin> joins;  // until the room is Ready
  std::vector<WaitingDispute> disputes;
  Epoch disputed_by;  // the latest that a device of theirs knows
  Instant active_at{};

  bool idle() const { return queue.empty() && in_flight.empty() && joins.empty() && disputes.empty(); }
};

struct RoomHome {
  RoomId id;
  Seq head;
  Seq min_seq{1};
  std::uint64_t msg_no = 0;
  PrefixHash hash;           // the fold up to head
  std::uint64_t shards = 0;  // that listen, as a mask
  ViewId fence;              // the view in which this became the home
  Epoch epoch;
  HomeStage stage = HomeStage::Loading;
  wire::RoomKind kind = wire::RoomKind::Group;
  bool history_joined = false;  // who joins reads from there on
  MemberList members;
  std::unique_ptr<HomeWork> work;

  ports::RoomPosition position() const {
    return {.room = id, .kind = kind, .epoch = epoch, .seq = head, .min_seq = min_seq, .msg_no = msg_no, .hash = hash};
  }
};
static_assert(sizeof(RoomHome) <= 128);

}  // namespace starling::core
