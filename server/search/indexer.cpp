#include "server/search/indexer.h"

#include <limits>

#include "server/search/fold.h"
#include "server/search/index_file.h"
#include "server/search/limits.h"

namespace starling::search {
namespace {

constexpr Seq kEverySeq{static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max())};

std::int64_t order_of(RoomId room) { return static_cast<std::int64_t>(room.value); }

}  // namespace

Indexer::Indexer(const std::string& log_path, const std::string& index_path)
    : connection_(open_index(index_path, renewed_)), writer_(connection_), log_(log_path) {}

void Indexer::hint(RoomId room) {
  if (rooms_.contains(room)) return;
  const auto log = log_.room(room);
  if (!log) return;
  auto indexed = writer_.room(room);
  if (!indexed) {
    indexed = IndexedRoom{.number = 0, .room = room, .indexed_seq = log->min_seq.prev(), .min_seq = log->min_seq};
  }
  const auto time = log_.time_after(room, indexed->indexed_seq);
  if (!time) return;
  if (indexed->number == 0) indexed->number = writer_.next_number();
  indexed->epoch = log->epoch;
  rooms_.emplace(room, *indexed);
  next_.emplace(*time, room);
}

bool Indexer::compare(bool at_start) {
  const std::vector<LogRoom> log = log_.rooms();
  const std::vector<IndexedRoom> indexed = writer_.rooms();
  std::size_t at = 0;
  for (const LogRoom& room : log) {
    for (; at < indexed.size() && order_of(indexed[at].room) < order_of(room.room); ++at) {
      cut(indexed[at], kEverySeq, true);
    }
    if (at == indexed.size() || indexed[at].room != room.room) {
      hint(room.room);
      continue;
    }
    const IndexedRoom& known = indexed[at++];
    // A restore raises all epochs, and needs the server stopped. While it runs, an epoch only goes up over the same log.
    if (room.head < known.indexed_seq || (at_start && room.epoch != known.epoch)) return false;
    if (room.epoch != known.epoch) writer_.put_epoch(known.number, room.epoch);
    if (room.min_seq > known.min_seq) cut(known, room.min_seq, false);
    if (room.head > known.indexed_seq) hint(room.room);
  }
  for (; at < indexed.size(); ++at) cut(indexed[at], kEverySeq, true);
  return true;
}

void Indexer::cut(const IndexedRoom& indexed, Seq min_seq, bool whole) {
  for (Cut& waiting : cuts_) {
    if (waiting.room.number != indexed.number) continue;
    waiting.min_seq = std::max(waiting.min_seq, min_seq);
    waiting.whole = waiting.whole || whole;
    return;
  }
  cuts_.push_back({.room = indexed, .min_seq = min_seq, .whole = whole});
}

bool Indexer::step() {
  IndexBatch batch;
  while (!next_.empty() && batch.changes() + limits::kReadRows <= limits::kBatchChanges &&
         batch.bytes() < limits::kBatchBytes) {
    const RoomId room = next_.top().second;
    next_.pop();
    const WallTime until = next_.empty() ? WallTime::max() : next_.top().first;
    if (!read(room, until, batch)) rooms_.erase(room);
  }
  if (!batch.empty()) {
    writer_.apply(batch);
    indexed_ += batch.added().size();
    return behind();
  }
  if (!cuts_.empty() && !writer_.cut(cuts_.front().room, cuts_.front().min_seq, cuts_.front().whole)) cuts_.pop_front();
  return behind();
}

/// The room's events up to a time, and at least one. False when the room has no more.
bool Indexer::read(RoomId room, WallTime until, IndexBatch& batch) {
  IndexedRoom& state = rooms_.at(room);
  std::uint32_t taken = 0;
  std::optional<WallTime> next;
  WallTime last{};
  const std::uint32_t given = log_.events_after(room, state.indexed_seq, [&](const LogEvent& event) {
    if (taken > 0 && event.ts > until) {
      next = event.ts;
      return false;
    }
    take(event, state.number, batch);
    state.indexed_seq = event.seq;
    last = event.ts;
    ++taken;
    return true;
  });
  if (taken > 0) batch.move(state);
  if (!next && given == limits::kReadRows) next = last;
  if (next) next_.emplace(*next, room);
  return next.has_value();
}

void Indexer::take(const LogEvent& event, std::uint64_t room, IndexBatch& batch) {
  switch (event.kind) {
    case wire::EventKind::Message:
      if (event.erased) return;
      return batch.add(
          {.room = room, .seq = event.seq, .sender = event.sender, .ts = event.ts, .text = fold(event.body)});
    case wire::EventKind::Edit:
      if (event.erased) return;
      return batch.replace(room, event.target, fold(event.body));
    case wire::EventKind::Delete:
      return batch.remove(room, event.target);
    default:
      return;
  }
}

}  // namespace starling::search
