// A million engines with ten rooms each, through a whole life (list, sync, events, a send, a report) and then idle.
// Prints one JSON line; exits with 1 above the bar.
#include <algorithm>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <memory>
#include <string>
#include <vector>

#include "common/client/session.h"

namespace {

using namespace starling;
using client::Output;
using client::RoomStorage;
using client::Session;

constexpr std::uint64_t kBytesPerEngineMax = 600;
constexpr std::uint32_t kEventsPerRoom = 3;

/// Lends pieces of large blocks, so that a session's storage costs no allocation of its own. What a session outgrows
/// stays unused until the end.
class SlabLender final : public client::RoomLender {
 public:
  RoomStorage grow(RoomStorage old, std::uint32_t used, std::uint32_t capacity) override {
    if (blocks_.empty() || blocks_.back().used + capacity > kRoomsPerBlock) {
      blocks_.push_back({.cursors = std::make_unique<client::RoomCursor[]>(kRoomsPerBlock),
                         .counters = std::make_unique<client::RoomCounters[]>(kRoomsPerBlock)});
    }
    Block& block = blocks_.back();
    const RoomStorage fresh{.cursors = block.cursors.get() + block.used,
                            .counters = block.counters.get() + block.used,
                            .capacity = capacity};
    block.used += capacity;
    std::copy_n(old.cursors, used, fresh.cursors);
    std::copy_n(old.counters, used, fresh.counters);
    return fresh;
  }
  void give_back(RoomStorage) override {}

 private:
  static constexpr std::size_t kRoomsPerBlock = 1 << 16;
  struct Block {
    std::unique_ptr<client::RoomCursor[]> cursors;
    std::unique_ptr<client::RoomCounters[]> counters;
    std::size_t used = 0;
  };
  std::vector<Block> blocks_;
};

std::uint64_t rss_bytes() {
  std::ifstream rollup("/proc/self/smaps_rollup");
  for (std::string word; rollup >> word;) {
    std::uint64_t kib = 0;
    if (word == "Rss:" && rollup >> kib) return kib * 1024;
  }
  std::fprintf(stderr, "no Rss in /proc/self/smaps_rollup\n");
  std::exit(2);
}

void demand(bool condition, const char* what) {
  if (condition) return;
  std::fprintf(stderr, "the engine did not do what the bench relies on: %s\n", what);
  std::exit(2);
}

/// The life of one engine up to idleness.
void live(Session& session, std::uint64_t index, std::uint32_t rooms, Output& out) {
  Instant now{std::chrono::seconds(1)};
  wire::RoomList list{.rooms_version = 1};
  wire::Synced synced;
  for (std::uint32_t r = 1; r <= rooms; ++r) {
    const RoomId room(mix64(index * rooms + r) | 1);
    list.rooms.push_back({.room = room, .role = wire::Role::Member});
    synced.rooms.push_back({.room = room,
                            .status = wire::SyncStatus::Reset,
                            .reason = wire::ResetReason::NewDevice,
                            .epoch = Epoch(1),
                            .start = {.epoch = Epoch(1)},
                            .next_cseq = Cseq(1)});
  }
  session.start(now, out);
  session.on_connected("token", "", now, out);
  session.on_frame(wire::Welcome{.user = UserId(index + 1), .device = DeviceId(index + 1), .rooms_version = 1}, now,
                   out);
  session.on_frame(list, now, out);
  session.on_frame(synced, now, out);
  out.clear();
  for (const auto& room : list.rooms) {
    for (std::uint32_t seq = 1; seq <= kEventsPerRoom; ++seq) {
      session.on_frame(wire::Event{.room = room.room, .epoch = Epoch(1), .seq = Seq(seq), .body = "hello"}, now, out);
    }
  }
  const RoomId first = list.rooms.front().room;
  demand(session.send(first, {.body = "hello"}, now, out).has_value(), "send");
  session.on_frame(wire::SendResult{.room = first, .cseq = Cseq(1), .epoch = Epoch(1), .seq = Seq(4)}, now, out);
  demand(out.notices.size() == rooms * kEventsPerRoom + 1, "events applied and the send settled");
  while (session.next_deadline() != kNever) {
    now = std::max(now, session.next_deadline());
    session.on_time(now, out);
  }
  demand(session.state() == client::LinkState::Ready, "stay connected");
  out.clear();
}

}  // namespace

int main(int argc, char** argv) {
  const std::uint64_t engines = argc > 1 ? std::strtoull(argv[1], nullptr, 10) : 1'000'000;
  constexpr std::uint32_t kRooms = 10;
  const client::Settings settings{.durable = false};
  SlabLender lender;
  Output out;
  const std::uint64_t before = rss_bytes();
  std::vector<Session> sessions;
  sessions.reserve(engines);
  for (std::uint64_t i = 0; i < engines; ++i) {
    sessions.emplace_back(settings, lender, i);
    live(sessions.back(), i, kRooms, out);
  }
  const std::uint64_t after = rss_bytes();
  const std::uint64_t per_engine = (after - before) / engines;
  std::printf(
      "{\"bench\":\"client-memory\",\"engines\":%llu,\"rooms\":%u,\"rss_bytes_before\":%llu,\"rss_bytes_after\":%llu,"
      "\"session_bytes\":%zu,\"room_bytes\":%zu,\"rss_bytes_per_engine\":%llu,\"bar\":%llu}\n",
      static_cast<unsigned long long>(engines), kRooms, static_cast<unsigned long long>(before),
      static_cast<unsigned long long>(after), sizeof(Session),
      sizeof(client::RoomCursor) + sizeof(client::RoomCounters), static_cast<unsigned long long>(per_engine),
      static_cast<unsigned long long>(kBytesPerEngineMax));
  return per_engine <= kBytesPerEngineMax ? 0 : 1;
}
