#include "tests/bench/postgres_floor/rooms.h"

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <utility>

#include "server/store/postgres/exchange.h"
#include "server/store/postgres/session.h"

namespace starling::bench {
namespace {

/// Rooms, their users and these's devices have the same numbers.
constexpr std::uint64_t kFirst = std::uint64_t{1} << 40;

WallTime wall_now() {
  return WallTime(
      std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::system_clock::now().time_since_epoch()));
}

void make(postgres::Session& session, std::uint64_t number) {
  const ports::StoreRequest request = ports::CreateRoom{.user = UserId(number),
                                                        .device = DeviceId(number),
                                                        .request_id = 1,
                                                        .proposed = RoomId(number),
                                                        .title = "floor",
                                                        .members = {UserId(number)},
                                                        .now = wall_now()};
  session.answer(request);
}

}  // namespace

FloorRooms::FloorRooms(const std::string& conninfo, std::uint32_t count, std::uint32_t body_bytes)
    : rooms_(count), body_(body_bytes, 'x') {
  try {
    postgres::Session session(conninfo);
    session.run("BEGIN");
    for (std::uint32_t i = 0; i < count; ++i) make(session, kFirst + i);
    session.run("COMMIT");
  } catch (const postgres::Failed& failed) {
    std::fprintf(stderr, "postgres_floor: %s\n", failed.error.text.c_str());
    std::exit(3);
  }
}

postgres::Call FloorRooms::next_batch(std::uint32_t room, double rows) {
  const std::uint64_t number = kFirst + room;
  Room& r = rooms_[room];
  r.rows = static_cast<std::uint32_t>(rows);
  if (rng_.chance(static_cast<std::uint64_t>((rows - r.rows) * 1e6), 1'000'000)) ++r.rows;
  ports::CommitBatch batch{.room = RoomId(number), .epoch = Epoch(1), .now = wall_now()};
  for (std::uint32_t i = 0; i < r.rows; ++i) {
    const Cseq cseq = std::exchange(r.next, r.next.next());
    batch.rows.push_back({.user = UserId(number),
                          .device = DeviceId(number),
                          .cseq = cseq,
                          .client_msg_id = ClientMsgId(mix64(number << 20 ^ cseq.value) | 1),
                          .body = body_});
  }
  const ports::StoreRequest request(std::move(batch));
  return std::move(postgres::calls_of({&request}).front());
}

}  // namespace starling::bench
