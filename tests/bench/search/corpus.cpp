#include "tests/bench/search/corpus.h"

#include <algorithm>
#include <cstdio>
#include <cstdlib>

#include "server/store/sqlite/event_rows.h"
#include "server/store/sqlite/member_rows.h"
#include "server/store/sqlite/seed.h"
#include "server/store/sqlite/sqlite.h"

namespace starling::bench {
namespace {

constexpr std::int64_t kBegin = 1'700'000'000'000;
constexpr std::int64_t kBetweenMs = 31'000;
constexpr std::uint64_t kSamples = 20'000;
constexpr std::uint64_t kPerTransaction = 20'000;
constexpr std::uint64_t kMembers = 100;

Script script_of(std::uint64_t room) {
  constexpr std::array kShares{Script::Latin,    Script::Latin,   Script::Latin,   Script::Latin,   Script::Cyrillic,
                               Script::Cyrillic, Script::Chinese, Script::Chinese, Script::Chinese, Script::Arabic};
  return kShares[mix64(room) % kShares.size()];
}

struct Room {
  RoomId id;
  Script script = Script::Latin;
  Seq head;
  std::uint64_t msg_no = 0;
  std::vector<UserId> members;
};

std::vector<Room> rooms_of(store::Connection& connection, std::uint64_t count) {
  std::vector<Room> rooms(count);
  store::Statement heads(connection, "SELECT head FROM rooms WHERE room_id = ?");
  store::Statement members(connection, "SELECT user_id FROM members WHERE room_id = ?");
  for (std::uint64_t i = 0; i < count; ++i) {
    Room& room = rooms[i];
    room.id = RoomId(i + 1);
    room.script = script_of(i + 1);
    {
      store::Rows rows = heads.query(room.id);
      rows.next();
      room.head = rows.as<Seq>(0);
    }
    store::Rows rows = members.query(room.id);
    while (rows.next()) room.members.push_back(rows.as<UserId>(0));
  }
  return rooms;
}

std::string body_of(const std::vector<Words>& words, Script script, Rng& rng) {
  // One in ten is written in English, wherever it is.
  const Words& from = words[static_cast<std::size_t>(rng.chance(1, 10) ? Script::Latin : script)];
  std::string body;
  for (std::uint64_t left = 1 + rng.below(6) + rng.below(6) + rng.below(10); left > 0; --left) {
    if (!body.empty()) body += rng.chance(1, 12) ? (from.gap().empty() ? "，" : ", ") : from.gap();
    body += from.draw(rng);
  }
  if (rng.chance(1, 20)) body += " 👍";
  return body;
}

void add_searchers(store::Connection& connection, const std::vector<Room>& rooms, Corpus& corpus, Rng& rng) {
  store::Statement member(connection,
                          "INSERT OR IGNORE INTO members (room_id, user_id, role, join_seq) VALUES (?, ?, 1, 1)");
  corpus.everywhere = UserId(1'000'000);
  for (const Room& room : rooms) member.run(room.id, corpus.everywhere);
  for (std::uint64_t i = 0; i < 200; ++i) {
    corpus.in_three.emplace_back(1'000'001 + i);
    for (int n = 0; n < 3; ++n) member.run(rooms[rng.below(rooms.size())].id, corpus.in_three.back());
  }
}

}  // namespace

Corpus make_corpus(const std::string& path, std::uint64_t messages, std::uint64_t room_count) {
  Corpus corpus{.words = {}, .samples = {}, .messages = messages, .in_fifty = {}, .in_three = {}, .everywhere = {}};
  for (const Script script : kScripts) corpus.words.emplace_back(script);
  // A user is in a twentieth of the rooms.
  const store::SeedPlan plan{
      .users = kMembers * 20, .rooms = room_count, .members_per_room = kMembers, .now = wall_from_ms(kBegin)};
  if (const auto seeded = store::seed(path, plan); !seeded) {
    std::fprintf(stderr, "search: %s\n", seeded.error().c_str());
    std::exit(1);
  }
  for (std::uint64_t user = 1; user <= plan.users; ++user) corpus.in_fifty.emplace_back(user);

  store::Connection connection({.path = path, .cache_kib = 256 * 1024});
  connection.exec("PRAGMA synchronous = OFF");  // it is made again when the machine stops
  store::EventRows events(connection);
  Rng rng(7);
  connection.exec("BEGIN");
  std::vector<Room> rooms = rooms_of(connection, room_count);
  add_searchers(connection, rooms, corpus, rng);
  for (std::uint64_t n = 0; n < messages; ++n) {
    // The busiest room has dozens of times the messages of the quietest.
    Room& room = rooms[std::min(rng.below(rooms.size()), rng.below(rooms.size()))];
    const WallTime ts = wall_from_ms(kBegin + static_cast<std::int64_t>(n) * kBetweenMs);
    const UserId sender = room.members[rng.below(room.members.size())];
    room.head = room.head.next();
    const std::string body = body_of(corpus.words, room.script, rng);
    events.insert({.room = room.id,
                   .epoch = Epoch(1),
                   .seq = room.head,
                   .sender = sender,
                   .device = DeviceId(mix64(sender.value)),
                   .cseq = Cseq(static_cast<std::uint32_t>(room.head.value)),
                   .client_msg_id = ClientMsgId(mix64(n)),
                   .ts = ts,
                   .msg_no = ++room.msg_no},
                  body);
    corpus.body_bytes += body.size();
    if (rng.below(messages) < kSamples) {
      corpus.samples.push_back({.room = room.id, .sender = sender, .ts = ts, .script = room.script, .body = body});
    }
    if (n % kPerTransaction == 0) connection.exec("COMMIT; BEGIN");
  }
  store::Statement head(connection, "UPDATE rooms SET head = ?, msg_no = ?, last_ts = ? WHERE room_id = ?");
  const std::int64_t end = kBegin + static_cast<std::int64_t>(messages) * kBetweenMs;
  for (const Room& room : rooms) head.run(room.head, room.msg_no, end, room.id);
  connection.exec("COMMIT; PRAGMA wal_checkpoint(TRUNCATE)");
  return corpus;
}

}  // namespace starling::bench
