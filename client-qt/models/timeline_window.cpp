// Moving the window over the log.
#include <algorithm>
#include <utility>

#include "client-qt/cache/cache.h"
#include "client-qt/models/room_book.h"
#include "client-qt/models/timeline_model.h"
#include "client-qt/session/session_host.h"

namespace starling::qt {
namespace {

/// Events read from the cache at once: more than a screen, less than a frame's time.
constexpr std::uint32_t kPage = 80;
/// Asked of the server at once, its limit.
constexpr std::uint32_t kServerPage = 100;
/// Rows kept; beyond, the far end is forgotten. Bounds the memory of who scrolls through years.
constexpr std::size_t kRowsMax = 2000;
constexpr std::size_t kTrim = 500;
/// What a loading should bring at least, or it goes on: a page may be all reactions.
constexpr std::size_t kRowsWanted = 15;
/// At least, when the server has no time.
constexpr std::uint32_t kAskAgainMs = 200;

/// The thread, and from where on nothing is lacking of it: the cache's run of the log, with what it holds right below.
LogSlice read_thread(Store& store, RoomId room, Seq root) {
  Seq from = store.thread(room, root, 0).contiguous_from;
  for (Seq above; from > root && from != above;) {
    above = from;
    from = store.older(room, above, 1000).contiguous_from;
  }
  return store.thread(room, root, kRowsMax);
}

}  // namespace

Seq TimelineModel::cursor() const {
  const auto& rooms = context_.host->engine().rooms();
  const std::uint32_t i = rooms.find(room_);
  return i == client::RoomTable::kNone ? Seq() : Seq(rooms.cursor(i).seq);
}

bool TimelineModel::hasOlder() const {
  if (thread_) return !thread_whole_;
  const RoomSummary* room = context_.rooms->find(room_);
  const Seq begin = std::max(Seq(1), room != nullptr ? room->min_seq : Seq());
  return fold_.empty() ? cursor() >= begin : fold_.first() > begin;
}

void TimelineModel::open(Seq unread_after) {
  unread_after_ = unread_after;
  ++generation_;
  busy_ = Busy::Idle;
  drop_buffer();
  load(Busy::Opening, [room = room_, thread = thread_](Store& store) {
    return thread ? read_thread(store, room, thread) : store.older(room, {}, kPage);
  });
}

void TimelineModel::loadOlder() {
  if (busy_ != Busy::Idle || !hasOlder()) return;
  wants_older_ = true;
  if (thread_) {
    busy_ = Busy::Older;
    ask_server(Busy::Older, thread_from_);
    if (busy_ == Busy::Older) emit stateChanged();
    return;
  }
  load(Busy::Older, [room = room_, below = fold_.first()](Store& store) { return store.older(room, below, kPage); });
}

void TimelineModel::loadNewer() {
  if (busy_ != Busy::Idle || live_) return;
  load(Busy::Newer, [room = room_, above = fold_.last()](Store& store) { return store.newer(room, above, kPage); });
}

bool TimelineModel::canFetchMore(const QModelIndex& parent) const {
  return !parent.isValid() && !live_ && busy_ == Busy::Idle;
}
void TimelineModel::fetchMore(const QModelIndex&) { loadNewer(); }

void TimelineModel::jumpTo(qlonglong seq) {
  jump_ = Seq(static_cast<std::uint64_t>(std::max<qlonglong>(seq, 1)));
  if (fold_.find(jump_) != TimelineFold::kNone) return position();
  ++generation_;
  load(Busy::Around, [room = room_, seq = jump_](Store& store) {
    return store.newer(room, Seq(seq.value > kPage / 2 ? seq.value - kPage / 2 : 0), kPage);
  });
}

void TimelineModel::jumpToLive() {
  jump_ = {};
  new_below_ = 0;
  emit unreadChanged();
  if (live_) return position();
  open(unread_after_);
}

void TimelineModel::load(Busy busy, std::function<LogSlice(Store&)> job) {
  busy_ = busy;
  page_ = 0;
  emit stateChanged();
  context_.cache->ask(this, std::move(job), [this, busy, generation = generation_](LogSlice slice) {
    if (generation == generation_) loaded(busy, std::move(slice));
  });
}

void TimelineModel::loaded(Busy busy, LogSlice slice) {
  switch (busy) {
    case Busy::Idle:
      return;
    case Busy::Opening:
      begin_with(slice);
      idle();
      if (thread_) return thread_loaded(slice.contiguous_from);
      if (fold_.rows().size() < kRowsWanted) loadOlder();
      return;
    case Busy::Older: {
      if (slice.events.empty()) return ask_server(busy, fold_.first());
      const std::size_t before = fold_.rows().size();
      wants_older_ = false;
      prepend(slice);
      idle();
      if (fold_.rows().size() < before + kRowsWanted) loadOlder();
      return;
    }
    case Busy::Newer:
      if (slice.events.empty() && fold_.last() < cursor()) return ask_server(busy, fold_.last());
      append(slice);
      idle();
      return;
    case Busy::Around: {
      const bool there = !slice.events.empty() && slice.events.front().seq <= jump_ && slice.events.back().seq >= jump_;
      if (!there) return ask_server(busy, Seq(jump_.value + kServerPage / 2));
      begin_with(slice);
      idle();
      position();
      return;
    }
  }
}

/// The server has what the cache lacks; offline, the next Sync of the room tries again.
void TimelineModel::ask_server(Busy busy, Seq from) {
  const auto request = context_.host->read_history(room_, from, busy != Busy::Newer, kServerPage);
  if (!request) return idle();
  page_ = *request;
}

void TimelineModel::on(const client::PageRead& notice) {
  const wire::HistoryPage& page = *notice.page;
  if (page_ == 0 || page.request_id != page_) return;
  page_ = 0;
  if (page.status == wire::SyncStatus::Unavailable) return ask_again(busy_, page.retry_after_ms);
  wants_older_ = false;
  if (thread_) return take_page_of_thread(page);
  const LogSlice slice{.events = page.events, .related = page.related, .contiguous_from = {}};
  const Busy busy = busy_;
  if (slice.events.empty()) return idle();
  const std::size_t before = fold_.rows().size();
  if (busy == Busy::Older) prepend(slice);
  if (busy == Busy::Newer) append(slice);
  if (busy == Busy::Around) begin_with(slice);
  idle();
  if (busy == Busy::Around) position();
  if (busy == Busy::Older && fold_.rows().size() < before + kRowsWanted) loadOlder();
}

/// The server has no time now, and says when it has.
void TimelineModel::ask_again(Busy busy, std::uint32_t after_ms) {
  idle();
  if (busy != Busy::Older) return;
  QTimer::singleShot(static_cast<int>(std::max(after_ms, kAskAgainMs)), this, [this] {
    if (wants_older_) loadOlder();
  });
}

void TimelineModel::thread_loaded(Seq contiguous_from) {
  thread_from_ = contiguous_from;
  thread_whole_ = thread_whole_ || (contiguous_from && contiguous_from <= thread_);
  emit stateChanged();
  loadOlder();
}

/// The page is in the cache by now. Once it goes back to the root, or to where the log begins for this user, the thread is
/// read from there again.
void TimelineModel::take_page_of_thread(const wire::HistoryPage& page) {
  thread_whole_ = page.events.empty() || page.events.front().seq <= std::max(thread_, page.min_seq);
  if (!page.events.empty()) thread_from_ = page.events.front().seq;
  wants_older_ = !thread_whole_;
  if (wants_older_) return ask_server(Busy::Older, thread_from_);
  load(Busy::Opening, [room = room_, thread = thread_](Store& store) { return read_thread(store, room, thread); });
}

void TimelineModel::on(const client::PageFailed& notice) {
  if (page_ == 0 || notice.request_id != page_) return;
  page_ = 0;
  idle();
}

void TimelineModel::on(const client::RoomSynced&) {
  // What could not be asked for while offline, or is only known now to be there.
  if (wants_older_ || (fold_.empty() && hasOlder())) loadOlder();
  emit stateChanged();
}

void TimelineModel::on(const client::RoomReset&) {
  ++generation_;
  page_ = 0;
  busy_ = Busy::Idle;
  drop_buffer();
  thread_from_ = {};
  thread_whole_ = false;
  beginResetModel();
  fold_.clear();
  // What was accepted in another epoch, or is skipped, never comes.
  std::erase_if(pending_, [](const Pending& each) { return each.accepted; });
  changes_.clear();
  for (const OutboxRow& row : context_.host->waiting().shown(room_)) changes_.add(row.send);
  live_ = true;
  endResetModel();
  emit countChanged();
  emit stateChanged();
}

void TimelineModel::idle() {
  busy_ = Busy::Idle;
  drain_buffer();
  emit stateChanged();
}

// ---- rows

void TimelineModel::begin_with(const LogSlice& slice) {
  beginResetModel();
  fold_.clear();
  if (thread_) {
    for (const wire::Event& event : slice.events) fold_.append(event);
    for (const wire::Event& event : slice.related) {
      if (const std::size_t at = fold_.find(event.target); at != TimelineFold::kNone)
        apply_change(fold_.rows()[at], event);
    }
  } else {
    fold_.append_run(slice.events, slice.related);
  }
  live_ = thread_ || fold_.empty() || fold_.last() >= cursor();
  endResetModel();
  emit countChanged();
  emit unreadChanged();
}

void TimelineModel::prepend(LogSlice slice) {
  // Events may have been pushed into an empty window while its end was being read.
  std::erase_if(slice.events, [this](const wire::Event& e) { return !fold_.empty() && e.seq >= fold_.first(); });
  if (slice.events.empty() || (!fold_.empty() && slice.events.back().seq.next() != fold_.first())) return;
  TimelineFold probe(thread_);
  const std::size_t count = probe.append_run(slice.events, slice.related);
  if (count > 0) beginInsertRows({}, 0, static_cast<int>(count) - 1);
  fold_.prepend_run(slice.events, slice.related);
  if (count > 0) {
    endInsertRows();
    changed_rows(count, count);  // what was first may go on with a day or a sender now
    emit countChanged();
    emit unreadChanged();
    trim_back();
  }
}

void TimelineModel::append(const LogSlice& slice) {
  TimelineFold probe(thread_);
  const std::size_t count = probe.append_run(slice.events, slice.related);
  const std::size_t before = fold_.rows().size();
  if (count > 0) beginInsertRows({}, static_cast<int>(before), static_cast<int>(before + count) - 1);
  fold_.append_run(slice.events, slice.related);
  if (count > 0) endInsertRows();
  if (before > 0) changed_rows(0, before - 1);
  if (count > 0) emit countChanged();
  set_live(fold_.last() >= cursor());
  trim_front();
}

void TimelineModel::append_event(const wire::Event& event) {
  // Whether it makes a row is known only to the fold, and the view has to be told before.
  TimelineFold probe(thread_);
  const bool row = probe.append(event).kind == TimelineFold::Change::Added;
  const int at = static_cast<int>(fold_.rows().size());
  if (row) beginInsertRows({}, at, at);
  const TimelineFold::Change change = fold_.append(event);
  if (row) endInsertRows();
  if (row) emit countChanged();
  if (change.kind == TimelineFold::Change::Changed) changed_rows(change.row, change.row);
  if (row && !pending_.empty()) touch_pending(0);
  if (row) emit unreadChanged();
  trim_front();
}

void TimelineModel::on(const client::Applied& notice) {
  const wire::Event& event = *notice.event;
  const bool own = event.sender == context_.host->me() && find_pending(event.client_msg_id) >= 0;
  if (busy_ == Busy::Opening || busy_ == Busy::Newer || busy_ == Busy::Around) {
    buffer_.push_back(event);
  } else if (thread_ || live_) {
    // A page from the server may have been ahead of what is pushed.
    if (event.seq > fold_.last()) append_event(event);
  } else if (event.kind == wire::EventKind::Message) {
    ++new_below_;
    emit unreadChanged();
  } else if (const auto change = fold_.amend(event); change.kind == TimelineFold::Change::Changed) {
    changed_rows(change.row, change.row);
  }
  if (own && buffer_.empty()) remove_pending(event.client_msg_id);
  if (event.sender == context_.host->me() && buffer_.empty()) forget_change(event.client_msg_id);
}

/// What came meanwhile is in the cache, and is read from there.
void TimelineModel::drop_buffer() {
  for (const wire::Event& event : std::exchange(buffer_, {})) {
    if (event.sender != context_.host->me()) continue;
    remove_pending(event.client_msg_id);
    forget_change(event.client_msg_id);
  }
}

void TimelineModel::drain_buffer() {
  for (const wire::Event& event : std::exchange(buffer_, {})) {
    // What was loaded may hold it already, or end far below it.
    const bool next = fold_.empty() ? live_ : event.seq == fold_.last().next();
    if (next || (thread_ && event.seq > fold_.last())) append_event(event);
    if (event.sender == context_.host->me()) {
      remove_pending(event.client_msg_id);
      forget_change(event.client_msg_id);
    }
  }
  if (!thread_ && !fold_.empty()) set_live(fold_.last() >= cursor());
}

void TimelineModel::set_live(bool live) {
  if (live == live_) return;
  const int first = static_cast<int>(fold_.rows().size());
  const int last = first + static_cast<int>(pending_.size()) - 1;
  const bool rows = !pending_.empty();
  if (rows && live) beginInsertRows({}, first, last);
  if (rows && !live) beginRemoveRows({}, first, last);
  live_ = live;
  if (rows && live) endInsertRows();
  if (rows && !live) endRemoveRows();
  if (rows) emit countChanged();
  if (live) {
    new_below_ = 0;
    emit unreadChanged();
  }
  emit stateChanged();
}

void TimelineModel::trim_back() {
  if (thread_ || fold_.rows().size() <= kRowsMax) return;
  set_live(false);
  const std::size_t drop = fold_.rows().size() - kRowsMax + kTrim;
  const int end = static_cast<int>(fold_.rows().size());
  beginRemoveRows({}, end - static_cast<int>(drop), end - 1);
  fold_.drop_back(drop);
  endRemoveRows();
  emit countChanged();
}

void TimelineModel::trim_front() {
  if (thread_ || fold_.rows().size() <= kRowsMax) return;
  const std::size_t drop = fold_.rows().size() - kRowsMax + kTrim;
  beginRemoveRows({}, 0, static_cast<int>(drop) - 1);
  fold_.drop_front(drop);
  endRemoveRows();
  emit countChanged();
  emit stateChanged();
}

void TimelineModel::position() {
  const std::size_t at = jump_ ? fold_.find(jump_) : TimelineFold::kNone;
  if (!jump_) return emit jumped(count() - 1);
  std::size_t row = at;
  if (row == TimelineFold::kNone) {
    // An event that makes no row: the next one.
    const auto next =
        std::ranges::lower_bound(fold_.rows(), jump_, {}, [](const TimelineRow& r) { return r.event.seq; });
    if (next == fold_.rows().end()) return;
    row = static_cast<std::size_t>(next - fold_.rows().begin());
  }
  highlighted_ = fold_.rows()[row].event.seq;
  changed_rows(row, row);
  unhighlight_.start();
  emit jumped(static_cast<int>(row));
}

}  // namespace starling::qt
