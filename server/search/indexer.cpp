#include "server/search/indexer.h"

#include <algorithm>
#include <iterator>
#include <limits>

#include "server/search/fold.h"
#include "server/search/index_file.h"
#include "server/search/limits.h"

namespace starling::search {
namespace {

constexpr Seq kEverySeq{static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max())};

std::size_t bytes_of(const LogEvent& event) { return sizeof(LogEvent) + event.body.size(); }

std::int64_t order_of(RoomId room) { return static_cast<std::int64_t>(room.value); }

}  // namespace

Indexer::Indexer(const std::string& index_path, std::unique_ptr<Log> log)
    : log_(std::move(log)),
      history_(log_->history()),
      connection_(open_index(index_path, renewed_)),
      writer_(connection_) {
  if (renewed_) writer_.put_history(history_);
}

void Indexer::hint(std::span<const RoomId> rooms) {
  std::vector<LogPlace> places;
  std::unordered_map<RoomId, IndexedRoom> indexed;
  for (const RoomId room : rooms) {
    if (const auto behind = rooms_.find(room); behind != rooms_.end()) {
      behind->second.all_read = false;
      continue;
    }
    const IndexedRoom known = writer_.room(room).value_or(IndexedRoom{.number = 0, .room = room});
    if (indexed.emplace(room, known).second) places.push_back({room, known.indexed_seq});
  }
  if (places.empty()) return;
  for (const LogRest& rest : log_->rest_after(places)) {
    IndexedRoom room = indexed.at(rest.room.room);
    if (room.number == 0) {
      room.number = writer_.next_number();
      room.min_seq = rest.room.min_seq;
      room.indexed_seq = rest.room.min_seq.prev();
    }
    room.epoch = rest.room.epoch;
    rooms_.emplace(room.room, Behind{.room = room, .ahead = {}});
    next_.emplace(rest.next, room.room);
  }
}

bool Indexer::compare(bool at_start) {
  if (writer_.history() != log_->history()) return false;
  for (RoomId first = kLowestRoom;;) {
    const std::vector<LogRoom> log = log_->rooms_from(first, limits::kRoomsPage);
    const bool is_last = log.size() < limits::kRoomsPage || log.back().room == kHighestRoom;
    const RoomId last = is_last ? kHighestRoom : log.back().room;
    if (!compare_page(log, writer_.rooms(first, last), at_start)) return false;
    if (is_last) break;
    first = last.next();
  }
  log_->prove();
  return true;
}

/// Both of the same range of rooms.
bool Indexer::compare_page(std::span<const LogRoom> log, std::span<const IndexedRoom> indexed, bool at_start) {
  std::vector<RoomId> behind;
  std::size_t at = 0;
  for (const LogRoom& room : log) {
    for (; at < indexed.size() && order_of(indexed[at].room) < order_of(room.room); ++at) {
      cut(indexed[at], kEverySeq, true);
    }
    if (at == indexed.size() || indexed[at].room != room.room) {
      behind.push_back(room.room);
      continue;
    }
    const IndexedRoom& known = indexed[at++];
    // A restore raises all epochs, and needs every server stopped. While one runs, an epoch only goes up over the same log;
    // of a log that several share, its number has told already.
    if (room.head < known.indexed_seq) return false;
    if (room.epoch != known.epoch) {
      if (at_start && writer_.history() == 0) return false;
      writer_.put_epoch(known.number, room.epoch);
    }
    if (room.min_seq > known.min_seq) cut(known, room.min_seq, false);
    if (room.head > known.indexed_seq) behind.push_back(room.room);
  }
  for (; at < indexed.size(); ++at) cut(indexed[at], kEverySeq, true);
  hint(behind);
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
  while (!next_.empty() && batch.changes() < limits::kBatchChanges && batch.bytes() < limits::kBatchBytes) {
    if (rooms_.at(next_.top().second).ahead.empty()) {
      read_ahead();
    } else {
      take_next(batch);
    }
  }
  if (!batch.empty()) {
    // What a failover could still take away must not be what the index has.
    log_->prove();
    writer_.apply(batch);
    indexed_ += batch.added().size();
    return behind();
  }
  if (!cuts_.empty() && !writer_.cut(cuts_.front().room, cuts_.front().min_seq, cuts_.front().whole)) cuts_.pop_front();
  return behind();
}

/// Of the rooms that come next, those of which nothing is in memory. A room without more is behind no longer.
void Indexer::read_ahead() {
  std::vector<Next> soon;
  std::vector<LogPlace> places;
  for (; !next_.empty() && soon.size() < limits::kRoomsTogether; next_.pop()) {
    soon.push_back(next_.top());
    const Behind& behind = rooms_.at(soon.back().second);
    if (behind.ahead.empty()) places.push_back({behind.room.room, behind.room.indexed_seq});
  }
  const std::size_t rows = ahead_bytes_ < limits::kAheadBytes ? limits::kAheadRows : 0;
  const auto each = static_cast<std::uint32_t>(
      std::clamp<std::size_t>(rows / std::max<std::size_t>(places.size(), 1), 1, limits::kReadRows));
  auto read = log_->events_after(places, each);
  for (std::size_t i = 0; i < places.size(); ++i) {
    Behind& behind = rooms_.at(places[i].room);
    behind.all_read = read[i].size() < each;
    for (const LogEvent& event : read[i]) ahead_bytes_ += bytes_of(event);
    behind.ahead.assign(std::make_move_iterator(read[i].begin()), std::make_move_iterator(read[i].end()));
    if (behind.ahead.empty()) rooms_.erase(places[i].room);
  }
  for (const Next& next : soon) {
    const auto behind = rooms_.find(next.second);
    if (behind != rooms_.end()) next_.emplace(behind->second.ahead.front().ts, next.second);
  }
}

/// The oldest event of all that are not indexed.
void Indexer::take_next(IndexBatch& batch) {
  const RoomId room = next_.top().second;
  next_.pop();
  Behind& behind = rooms_.at(room);
  LogEvent event = std::move(behind.ahead.front());
  behind.ahead.pop_front();
  ahead_bytes_ -= bytes_of(event);
  const WallTime at = event.ts;
  behind.room.indexed_seq = event.seq;
  take(std::move(event), behind.room.number, batch);
  batch.move(behind.room);
  if (!behind.ahead.empty()) {
    next_.emplace(behind.ahead.front().ts, room);
  } else if (!behind.all_read) {
    next_.emplace(at, room);
  } else {
    rooms_.erase(room);
  }
}

void Indexer::take(LogEvent&& event, std::uint64_t room, IndexBatch& batch) {
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
