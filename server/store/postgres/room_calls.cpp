#include "server/store/postgres/room_calls.h"

#include <algorithm>
#include <tuple>
#include <utility>

#include "server/store/postgres/events.h"

namespace starling::postgres {
namespace {

constexpr Statement kLoadRoom{"load_room", "SELECT * FROM load_room($1, $2)"};
// The room's lock is the transaction's: these see the same log.
constexpr Statement kMembers{
    "room_members", "SELECT user_id, role, join_seq, visible_from FROM members WHERE room_id = $1 AND leave_seq = 0"};
constexpr Statement kCheckpoint{"room_checkpoint",
                                "SELECT seq, hash FROM checkpoints WHERE room_id = $1 ORDER BY seq DESC LIMIT 1"};
constexpr Statement kTail{"room_tail", "SELECT " STARLING_PG_EVENT_COLUMNS
                                       " FROM events WHERE room_id = $1 AND seq > coalesce((SELECT max(seq) FROM "
                                       "checkpoints WHERE room_id = $1), 0) ORDER BY seq"};
constexpr Statement kCreateRoom{"create_room",
                                "SELECT * FROM create_room($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)"};
constexpr Statement kPutCheckpoint{"put_checkpoint", "SELECT put_checkpoint($1, $2, $3, $4)"};
constexpr Statement kRaiseEpoch{"raise_epoch", "SELECT * FROM raise_epoch($1, $2, $3, $4)"};

std::vector<UserId> founders_of(const ports::CreateRoom& request) {
  std::vector<UserId> founders{request.user};
  for (const UserId user : request.members) {
    if (std::ranges::find(founders, user) == founders.end()) founders.push_back(user);
  }
  return founders;
}

/// A room of thousands is born with as many events: without checkpoints every window of it would begin at the first.
struct Checkpoints {
  std::vector<std::int64_t> seqs;
  std::vector<std::int64_t> hashes;
};
Checkpoints checkpoints_of(const ports::CreateRoom& request, const std::vector<UserId>& founders) {
  Checkpoints made;
  PrefixHash hash;
  Seq seq;
  for (const UserId user : founders) {
    seq = seq.next();
    const bool owner = request.kind == wire::RoomKind::Group && seq == Seq(1);
    hash = wire::fold(hash, {.room = request.proposed,
                             .epoch = Epoch(1),
                             .seq = seq,
                             .kind = wire::EventKind::MemberAdd,
                             .sender = user,
                             .ts = request.now,
                             .subject = user,
                             .role = owner ? wire::Role::Owner : wire::Role::Member});
    if (seq.value % ports::kCheckpointEvery != 0) continue;
    made.seqs.push_back(bigint_of(seq));
    made.hashes.push_back(bigint_of(hash));
  }
  return made;
}

}  // namespace

std::vector<Call> calls_of(const ports::LoadRoom& request) {
  return {{&kLoadRoom, Params().add(request.room).add(request.fence)},
          {&kMembers, Params().add(request.room)},
          {&kCheckpoint, Params().add(request.room)},
          {&kTail, Params().add(request.room)}};
}

ports::RoomLoaded result_of(const ports::LoadRoom& request, std::span<const Rows> answers) {
  const Rows& room = answers[0];
  if (room.empty()) return {};
  if (room.flag(0, 0)) return {.exists = true, .fenced = true};
  ports::RoomLoaded loaded{.exists = true,
                           .kind = room.as<wire::RoomKind>(0, 1),
                           .title = std::string(room.bytes(0, 2)),
                           .epoch = room.as<Epoch>(0, 3),
                           .head = room.as<Seq>(0, 4),
                           .msg_no = room.u64(0, 5),
                           .min_seq = room.as<Seq>(0, 6),
                           .last_ts = room.as<WallTime>(0, 7),
                           .history_joined = room.flag(0, 8)};
  const Rows& members = answers[1];
  for (int row = 0; row < members.count(); ++row) {
    loaded.members.push_back({.user = members.as<UserId>(row, 0),
                              .role = members.as<wire::Role>(row, 1),
                              .join_seq = members.as<Seq>(row, 2),
                              .visible_from = members.as<Seq>(row, 3)});
  }
  // The database orders ids as signed numbers.
  std::ranges::sort(loaded.members, {}, &ports::Member::user);
  if (const Rows& checkpoint = answers[2]; !checkpoint.empty()) {
    loaded.checkpoint_seq = checkpoint.as<Seq>(0, 0);
    loaded.checkpoint_hash = checkpoint.as<PrefixHash>(0, 1);
  }
  const Rows& tail = answers[3];
  for (int row = 0; row < tail.count(); ++row) loaded.tail.push_back(event_of(tail, row, 0, request.room));
  return loaded;
}

std::vector<Call> calls_of(const ports::CreateRoom& request) {
  const std::vector<UserId> founders = founders_of(request);
  const Checkpoints checkpoints = checkpoints_of(request, founders);
  std::vector<std::int64_t> members;
  for (const UserId user : founders) members.push_back(bigint_of(user));
  UserId low;
  UserId high;
  if (founders.size() == 2) std::tie(low, high) = std::minmax(founders[0], founders[1]);
  Params params;
  params.add(request.device).add(request.request_id).add(request.proposed).add(request.kind).add_bytes(request.title);
  params.add_array(members).add(low).add(high).add(request.rooms_per_user_max).add(request.now);
  params.add(wire::body_hash({})).add_array(checkpoints.seqs).add_array(checkpoints.hashes);
  return {{&kCreateRoom, std::move(params)}};
}

ports::RoomMade result_of(const ports::CreateRoom&, std::span<const Rows> answers) {
  return {.status = answers[0].as<wire::CreateStatus>(0, 0), .room = answers[0].as<RoomId>(0, 1)};
}

std::vector<Call> calls_of(const ports::PutCheckpoint& request) {
  return {{&kPutCheckpoint, Params().add(request.room).add(request.epoch).add(request.seq).add(request.hash)}};
}

ports::Done result_of(const ports::PutCheckpoint&, std::span<const Rows>) { return {}; }

std::vector<Call> calls_of(const ports::RaiseEpoch& request) {
  return {{&kRaiseEpoch, Params().add(request.room).add(request.expected).add(request.to).add(request.fence)}};
}

ports::EpochRaised result_of(const ports::RaiseEpoch&, std::span<const Rows> answers) {
  if (answers[0].empty()) return {};
  return {.epoch = answers[0].as<Epoch>(0, 0), .fenced = answers[0].flag(0, 1)};
}

}  // namespace starling::postgres
