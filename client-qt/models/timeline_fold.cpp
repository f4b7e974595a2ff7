#include "client-qt/models/timeline_fold.h"

#include <algorithm>
#include <iterator>

#include "client-qt/cache/place.h"

namespace starling::qt {
namespace {

bool react(TimelineRow& row, const wire::Event& event, bool add) {
  const auto at = std::ranges::find(row.reactions, event.body, &Reaction::emoji);
  if (at == row.reactions.end()) {
    if (add) row.reactions.push_back({event.body, {event.sender}});
    return add;
  }
  const auto who = std::ranges::find(at->users, event.sender);
  if (add == (who != at->users.end())) return false;
  if (add) {
    at->users.push_back(event.sender);
  } else {
    at->users.erase(who);
    if (at->users.empty()) row.reactions.erase(at);
  }
  return true;
}

}  // namespace

bool is_change(wire::EventKind kind) {
  switch (kind) {
    case wire::EventKind::Edit:
    case wire::EventKind::Delete:
    case wire::EventKind::ReactionAdd:
    case wire::EventKind::ReactionRemove:
      return true;
    default:
      return false;
  }
}

bool apply_change(TimelineRow& row, const wire::Event& event) {
  if (row.system() || row.deleted) return false;
  switch (event.kind) {
    case wire::EventKind::Edit:
      if (event.seq <= row.edited_by || event.erased_hash != 0) return false;
      row.edited_by = event.seq;
      row.text = event.body;
      row.html.clear();
      return true;
    case wire::EventKind::Delete:
      row.deleted = true;
      row.text.clear();
      row.html.clear();
      row.reactions.clear();
      return true;
    case wire::EventKind::ReactionAdd:
      return react(row, event, true);
    case wire::EventKind::ReactionRemove:
      return react(row, event, false);
    default:
      return false;
  }
}

bool TimelineFold::shows(const wire::Event& event) const {
  if (is_change(event.kind)) return false;
  const Seq root = thread_root(event);
  if (!thread_) return !root;
  return event.kind == wire::EventKind::Message && (event.seq == thread_ || root == thread_);
}

TimelineRow TimelineFold::row_of(const wire::Event& event) const {
  TimelineRow row{.event = event};
  row.deleted = event.kind == wire::EventKind::Message && event.erased_hash != 0;
  if (!row.deleted) row.text = event.body;
  return row;
}

void TimelineFold::count_reply(const wire::Event& event, bool newest) {
  const Seq root = thread_root(event);
  if (!root || event.kind != wire::EventKind::Message) return;
  Thread& thread = threads_[root];
  ++thread.count;
  if (newest || event.seq > thread.last_seq) thread = {thread.count, event.ts, event.seq};
  if (const std::size_t at = find(root); at != kNone) {
    rows_[at].thread_count = thread.count;
    rows_[at].thread_last = thread.last;
  }
}

TimelineFold::Change TimelineFold::append(const wire::Event& event) {
  if (!first_) first_ = event.seq;
  last_ = event.seq;
  if (shows(event)) {
    rows_.push_back(row_of(event));
    return {Change::Added, rows_.size() - 1};
  }
  if (is_change(event.kind)) return amend(event);
  count_reply(event, true);
  const std::size_t at = find(thread_root(event));
  return at == kNone ? Change{} : Change{Change::Changed, at};
}

TimelineFold::Change TimelineFold::amend(const wire::Event& event) {
  const std::size_t at = is_change(event.kind) ? find(event.target) : kNone;
  if (at == kNone || !apply_change(rows_[at], event)) return {};
  return {Change::Changed, at};
}

std::vector<TimelineRow> TimelineFold::fold_run(const std::vector<wire::Event>& events,
                                                const std::vector<wire::Event>& related) {
  std::vector<TimelineRow> out;
  std::map<Seq, const wire::Event*> changes;  // a page may name a change twice: as an event and as related
  for (const wire::Event& event : events) {
    if (shows(event)) out.push_back(row_of(event));
    if (is_change(event.kind)) changes.emplace(event.seq, &event);
  }
  for (const wire::Event& event : related) {
    if (is_change(event.kind)) changes.emplace(event.seq, &event);
  }
  for (const auto& [seq, change] : changes) {
    const auto at = std::ranges::lower_bound(out, change->target, {}, [](const TimelineRow& r) { return r.event.seq; });
    if (at != out.end() && at->event.seq == change->target) apply_change(*at, *change);
  }
  return out;
}

std::size_t TimelineFold::append_run(const std::vector<wire::Event>& events, const std::vector<wire::Event>& related) {
  if (events.empty()) return 0;
  std::vector<TimelineRow> rows = fold_run(events, related);
  for (const wire::Event& event : events) {
    if (!is_change(event.kind)) continue;
    if (const std::size_t at = find(event.target); at != kNone) apply_change(rows_[at], event);
  }
  const std::size_t count = rows.size();
  std::ranges::move(rows, std::back_inserter(rows_));
  if (!first_) first_ = events.front().seq;
  last_ = events.back().seq;
  for (const wire::Event& event : events) count_reply(event, true);
  return count;
}

std::size_t TimelineFold::prepend_run(const std::vector<wire::Event>& events, const std::vector<wire::Event>& related) {
  if (events.empty()) return 0;
  std::vector<TimelineRow> rows = fold_run(events, related);
  const std::size_t count = rows.size();
  rows_.insert(rows_.begin(), std::make_move_iterator(rows.begin()), std::make_move_iterator(rows.end()));
  first_ = events.front().seq;
  if (!last_) last_ = events.back().seq;
  for (const wire::Event& event : events) count_reply(event, false);
  for (std::size_t i = 0; i < count; ++i) {
    if (const auto at = threads_.find(rows_[i].event.seq); at != threads_.end()) {
      rows_[i].thread_count = at->second.count;
      rows_[i].thread_last = at->second.last;
    }
  }
  return count;
}

void TimelineFold::drop_front(std::size_t rows) {
  rows = std::min(rows, rows_.size());
  rows_.erase(rows_.begin(), rows_.begin() + static_cast<std::ptrdiff_t>(rows));
  if (rows > 0 && !rows_.empty()) first_ = rows_.front().event.seq;
}

void TimelineFold::drop_back(std::size_t rows) {
  rows = std::min(rows, rows_.size());
  rows_.resize(rows_.size() - rows);
  // Changes to what is left, from the dropped part of the log, stay applied: they come again and change nothing.
  if (rows > 0 && !rows_.empty()) last_ = rows_.back().event.seq;
}

void TimelineFold::clear() { *this = TimelineFold(thread_); }

std::size_t TimelineFold::find(Seq seq) const {
  if (!seq) return kNone;
  const auto at = std::ranges::lower_bound(rows_, seq, {}, [](const TimelineRow& row) { return row.event.seq; });
  return at != rows_.end() && at->event.seq == seq ? static_cast<std::size_t>(at - rows_.begin()) : kNone;
}

}  // namespace starling::qt
