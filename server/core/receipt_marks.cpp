#include "server/core/receipt_marks.h"

#include <algorithm>
#include <utility>

namespace starling::core {
namespace {
/// Of one moment: two megabytes. What does not fit is said again by the next mark.
constexpr std::size_t kMarksMax = 65536;
/// In one envelope: 32 KB.
constexpr std::size_t kMarksAtOnce = 1024;
/// Rooms in a Delivered for one of what Config calls asks.
constexpr std::size_t kRoomsPerAsk = 64;
}  // namespace

void ReceiptMarks::note(Session& session, const wire::Delivered& frame) {
  const auto cost = static_cast<std::uint32_t>(1 + frame.rooms.size() / kRoomsPerAsk);
  if (session.asks.take(turn_.config, cost, turn_.now.at) != 0) return;
  for (const wire::RoomSeq& each : frame.rooms) {
    note(ports::MarkSeen{.room = each.room, .user = session.user, .delivered = each.seq});
  }
}

void ReceiptMarks::note(Session& session, const wire::ReadMark& frame) {
  if (session.asks.take(turn_.config, 1, turn_.now.at) != 0) return;
  // Who has read it has it.
  note(ports::MarkSeen{.room = frame.room, .user = session.user, .delivered = frame.seq, .read = frame.seq});
}

void ReceiptMarks::note(const ports::MarkSeen& mark) {
  const std::uint64_t key = mix64(mix64(mark.user.value) ^ mark.room.value) | 1;
  const auto known = index_.find(key);
  if (known && marks_[*known].room == mark.room && marks_[*known].user == mark.user) {
    ports::MarkSeen& at = marks_[*known];
    at.delivered = std::max(at.delivered, mark.delivered);
    at.read = std::max(at.read, mark.read);
    return;
  }
  if (marks_.size() >= kMarksMax) return;
  index_.set(key, static_cast<std::uint32_t>(marks_.size()));
  marks_.push_back(mark);
  turn_.schedule.arm(Chore::Receipts, turn_.now.at + turn_.config.receipt_batch);
}

void ReceiptMarks::flush() {
  if (marks_.empty()) return;
  std::size_t shards = 0;
  for (const ShardId shard : turn_.view.shards) shards = std::max<std::size_t>(shards, shard.value + std::size_t{1});
  std::vector<ports::MarksSeen> seen(shards);
  const auto post = [&](ShardId to, ports::MarksSeen&& marks) {
    ++turn_.counters.presence_envelopes;
    links_.post(to, std::move(marks));
  };
  for (const ports::MarkSeen& mark : std::exchange(marks_, {})) {
    const ShardId home = turn_.home(mark.room);
    seen[home.value].marks.push_back(mark);
    if (seen[home.value].marks.size() == kMarksAtOnce) post(home, std::exchange(seen[home.value], {}));
  }
  index_ = FlatIndex();
  for (const ShardId shard : turn_.view.shards) {
    if (!seen[shard.value].marks.empty()) post(shard, std::move(seen[shard.value]));
  }
}

}  // namespace starling::core
