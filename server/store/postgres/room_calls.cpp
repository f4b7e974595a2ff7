#include "server/store/postgres/room_calls.h"

#include <algorithm>
#include <tuple>
#include <utility>

#include "server/store/postgres/events.h"

namespace starling::postgres {
namespace {

// Alone it waits for the room's lock; of several, each that somebody holds is left out.
constexpr Statement kLoadRoom{"load_room", "SELECT 1::bigint, l.* FROM load_room($1, $2) AS l"};
constexpr Statement kLoadRooms{"load_rooms", "SELECT * FROM load_rooms($1, $2)"};
// The rooms' locks are the transaction's: these see the same logs. OFFSET 0: each room is looked up by itself.
#define STARLING_PG_OF_ROOMS "FROM unnest($1::bigint[]) WITH ORDINALITY AS q (room_id, place) CROSS JOIN LATERAL "
constexpr Statement kMembers{"room_members",
                             "SELECT q.place, m.* " STARLING_PG_OF_ROOMS
                             "(SELECT user_id, role, join_seq, visible_from FROM members WHERE room_id = q.room_id AND "
                             "leave_seq = 0 OFFSET 0) AS m ORDER BY q.place LIMIT $2"};
constexpr Statement kCheckpoints{
    "room_checkpoints", "SELECT q.place, c.* " STARLING_PG_OF_ROOMS
                        "(SELECT seq, hash FROM checkpoints WHERE room_id = q.room_id ORDER BY seq DESC LIMIT 1) AS c"};
constexpr Statement kTails{
    "room_tails",
    "SELECT place, " STARLING_PG_EVENT_COLUMNS
    " FROM (SELECT q.place, e.*, sum(octet_length(e.body)) OVER (ORDER BY q.place, e.seq) AS "
    "bytes " STARLING_PG_OF_ROOMS "(SELECT " STARLING_PG_EVENT_COLUMNS
    " FROM events WHERE room_id = q.room_id AND seq > coalesce((SELECT max(seq) FROM checkpoints WHERE room_id = "
    "q.room_id), 0) OFFSET 0) AS e) AS measured WHERE $2::bigint IS NULL OR bytes <= $2 ORDER BY place, seq"};
constexpr Statement kCreateRoom{"create_room",
                                "SELECT * FROM create_room($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)"};
constexpr Statement kPutCheckpoint{"put_checkpoint", "SELECT put_checkpoint($1, $2, $3, $4)"};
constexpr Statement kRaiseEpoch{"raise_epoch", "SELECT * FROM raise_epoch($1, $2, $3, $4)"};

ports::RoomLoaded room_at(const Rows& rows, int row) {
  if (rows.flag(row, 1)) return {.exists = true, .fenced = true};
  return {.exists = true,
          .kind = rows.as<wire::RoomKind>(row, 2),
          .title = std::string(rows.bytes(row, 3)),
          .epoch = rows.as<Epoch>(row, 4),
          .head = rows.as<Seq>(row, 5),
          .msg_no = rows.u64(row, 6),
          .min_seq = rows.as<Seq>(row, 7),
          .last_ts = rows.as<WallTime>(row, 8),
          .history_joined = rows.flag(row, 9)};
}

/// Of `rows`, what each has for a room that was taken over.
template <class Take>
void each_of_room(Answered<ports::RoomLoaded>& loaded, const Rows& rows, Take&& take) {
  for (int row = 0; row < rows.count(); ++row) {
    auto& room = loaded[static_cast<std::size_t>(rows.i64(row, 0)) - 1];
    if (room && !room->fenced) take(*room, row);
  }
}

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

std::vector<Call> calls_of(Asked<ports::LoadRoom> asked) {
  const std::vector<std::int64_t> rooms = bigints_of(asked, &ports::LoadRoom::room);
  const auto of_rooms = [&] { return Params().add_array(rooms); };
  Params members = of_rooms();
  add_rows_max(members, asked.size());
  if (asked.size() == 1) {
    return {{&kLoadRoom, Params().add(asked[0]->room).add(asked[0]->fence)},
            {&kMembers, std::move(members)},
            {&kCheckpoints, of_rooms()},
            {&kTails, of_rooms().add_null()}};
  }
  return {{&kLoadRooms, of_rooms().add_array(bigints_of(asked, &ports::LoadRoom::fence))},
          {&kMembers, std::move(members)},
          {&kCheckpoints, of_rooms()},
          {&kTails, of_rooms().add(limits::kTailsTogetherBytesMax)}};
}

Answered<ports::RoomLoaded> results_of(Asked<ports::LoadRoom> asked, std::span<const Rows> answers) {
  Answered<ports::RoomLoaded> loaded(asked.size());
  const Rows& rooms = answers[0];
  const Rows& members = answers[1];
  const Rows& checkpoints = answers[2];
  const Rows& tails = answers[3];
  for (int row = 0; row < rooms.count(); ++row) {
    loaded[static_cast<std::size_t>(rooms.i64(row, 0)) - 1] = room_at(rooms, row);
  }
  each_of_room(loaded, members, [&](ports::RoomLoaded& room, int row) {
    room.members.push_back({.user = members.as<UserId>(row, 1),
                            .role = members.as<wire::Role>(row, 2),
                            .join_seq = members.as<Seq>(row, 3),
                            .visible_from = members.as<Seq>(row, 4)});
  });
  each_of_room(loaded, checkpoints, [&](ports::RoomLoaded& room, int row) {
    room.checkpoint_seq = checkpoints.as<Seq>(row, 1);
    room.checkpoint_hash = checkpoints.as<PrefixHash>(row, 2);
  });
  each_of_room(loaded, tails, [&](ports::RoomLoaded& room, int row) {
    room.tail.push_back(event_of(tails, row, 1, asked[static_cast<std::size_t>(tails.i64(row, 0)) - 1]->room));
  });
  // The database orders ids as signed numbers.
  for (auto& room : loaded) {
    if (room) std::ranges::sort(room->members, {}, &ports::Member::user);
  }
  if (asked.size() == 1) {
    if (!loaded[0]) loaded[0] = ports::RoomLoaded{};
    return loaded;
  }
  const std::int64_t complete = complete_before(members, asked.size());
  for (std::size_t i = 0; i < loaded.size(); ++i) {
    if (!loaded[i] || loaded[i]->fenced) continue;
    const Seq known = loaded[i]->tail.empty() ? loaded[i]->checkpoint_seq : loaded[i]->tail.back().seq;
    if (static_cast<std::int64_t>(i) + 1 >= complete || known != loaded[i]->head) loaded[i].reset();
  }
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
