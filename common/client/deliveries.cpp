#include "common/client/deliveries.h"

#include <algorithm>
#include <utility>

#include "common/client/settings.h"
#include "common/wire/limits.h"

namespace starling::client {

void Deliveries::applied(RoomTable& rooms, std::uint32_t i, std::uint64_t token, Instant now) {
  RoomCounters& counters = rooms.counters(i);
  counters.undelivered = (counters.undelivered + 1) & 0xFF;
  if (counters.undelivered >= limits::kDeliveredEvery) {
    mark(rooms, i, token);
  } else if (flush_at_ == kNever) {
    flush_at_ = now + limits::kDeliveredDelay;
  }
}

void Deliveries::flush(RoomTable& rooms, std::uint64_t token) {
  flush_at_ = kNever;
  for (std::uint32_t i = 0; i < rooms.size(); ++i) {
    if (rooms.counters(i).undelivered > 0) mark(rooms, i, token);
  }
}

void Deliveries::mark(RoomTable& rooms, std::uint32_t i, std::uint64_t token) {
  rooms.counters(i).undelivered = 0;
  if (marks_ == nullptr) marks_ = std::make_unique<std::vector<Mark>>();
  marks_->push_back({.room = rooms.cursor(i).room, .seq = Seq(rooms.cursor(i).seq), .token = token});
}

void Deliveries::report(std::uint64_t persisted, std::vector<wire::ClientFrame>& frames) {
  if (marks_ == nullptr) return;
  std::vector<Mark>& marks = *marks_;
  // Tokens grow along the list, so what is durable is a prefix of it.
  const auto end = std::ranges::find_if(marks, [&](const Mark& m) { return m.token > persisted; });
  wire::Delivered delivered;
  for (auto it = marks.begin(); it != end; ++it) {
    // Cumulative: of a run in one room the last says it all.
    if (!delivered.rooms.empty() && delivered.rooms.back().room == it->room) {
      delivered.rooms.back().seq = it->seq;
      continue;
    }
    if (delivered.rooms.size() == wire::limits::kDeliveredMax) frames.emplace_back(std::exchange(delivered, {}));
    delivered.rooms.push_back({.room = it->room, .seq = it->seq});
  }
  if (!delivered.rooms.empty()) frames.emplace_back(std::move(delivered));
  marks.erase(marks.begin(), end);
  if (marks.empty()) marks_.reset();
}

void Deliveries::forget(RoomTable& rooms, std::uint32_t i) {
  rooms.counters(i).undelivered = 0;
  if (marks_ == nullptr) return;
  std::erase_if(*marks_, [&](const Mark& m) { return m.room == rooms.cursor(i).room; });
  if (marks_->empty()) marks_.reset();
}

void Deliveries::connection_lost(RoomTable& rooms) {
  marks_.reset();
  flush_at_ = kNever;
  for (std::uint32_t i = 0; i < rooms.size(); ++i) rooms.counters(i).undelivered = 0;
}

}  // namespace starling::client
