#include "client-qt/models/timeline_model.h"

#include <QDateTime>
#include <algorithm>
#include <utility>

#include "client-qt/cache/place.h"
#include "client-qt/models/directory.h"
#include "client-qt/session/session_host.h"

namespace starling::qt {
namespace {

/// How long the message that a jump led to stands out.
constexpr int kHighlightMs = 2000;
/// That something goes again sooner than this is nothing to read.
constexpr qint64 kHeldShownMs = 1000;

}  // namespace

TimelineModel::TimelineModel(const Context& context, RoomId room, Seq thread, QObject* parent)
    : QAbstractListModel(parent), context_(context), room_(room), thread_(thread), fold_(thread) {
  unhighlight_.setSingleShot(true);
  unhighlight_.setInterval(kHighlightMs);
  connect(&unhighlight_, &QTimer::timeout, this, [this] {
    const std::size_t at = fold_.find(std::exchange(highlighted_, {}));
    if (at != TimelineFold::kNone) changed_rows(at, at);
  });
  held_over_.setSingleShot(true);
  connect(&held_over_, &QTimer::timeout, this, &TimelineModel::touch_all_pending);
  connect(context_.people, &Directory::changed, this, [this](UserId) {
    for (TimelineRow& row : fold_.rows()) row.html.clear();  // a mention's name may be in it
    if (count() > 0) emit dataChanged(index(0), index(count() - 1));
  });
  for (const OutboxRow& row : context_.host->waiting().shown(room)) {
    if (takes(row.send)) pending_.push_back({.row = row});
    changes_.add(row.send);
  }
  for (const RefusedRow& row : context_.host->refused()) {
    if (row.send.room == room && takes(row.send)) {
      pending_.push_back({.row = {.send = row.send, .queued = row.queued}, .refused = row});
    }
  }
}

bool TimelineModel::takes(const wire::Send& send) const {
  return send.room == room_ && send.kind == wire::EventKind::Message && thread_root(send) == thread_;
}

void TimelineModel::notice(const client::Notice& notice) {
  std::visit([this](const auto& each) { on(each); }, notice);
}

// ---- what waits

int TimelineModel::find_pending(ClientMsgId id) const {
  const auto at = std::ranges::find(pending_, id, [](const Pending& each) { return each.row.send.client_msg_id; });
  return at == pending_.end() ? -1 : static_cast<int>(at - pending_.begin());
}

void TimelineModel::add_pending(Pending pending) {
  if (!live_) return pending_.push_back(std::move(pending));
  beginInsertRows({}, count(), count());
  pending_.push_back(std::move(pending));
  endInsertRows();
  emit countChanged();
}

void TimelineModel::remove_pending(ClientMsgId id) {
  const int at = find_pending(id);
  if (at < 0) return;
  if (!live_) return void(pending_.erase(pending_.begin() + at));
  const int row = static_cast<int>(fold_.rows().size()) + at;
  beginRemoveRows({}, row, row);
  pending_.erase(pending_.begin() + at);
  endRemoveRows();
  emit countChanged();
  touch_pending(at);  // it may begin a group now
}

void TimelineModel::touch_pending(int at) {
  if (at < 0 || static_cast<std::size_t>(at) >= pending_.size()) return;
  changed_rows(fold_.rows().size() + static_cast<std::size_t>(at), fold_.rows().size() + static_cast<std::size_t>(at));
}

void TimelineModel::queued(const OutboxRow& row) {
  if (row.send.room != room_ || find_pending(row.send.client_msg_id) >= 0) return;
  // Answered before it was shown: the event has come, or is coming.
  const bool waits = std::ranges::any_of(context_.host->waiting().shown(room_), [&](const OutboxRow& each) {
    return each.send.client_msg_id == row.send.client_msg_id;
  });
  if (waits && takes(row.send)) add_pending({.row = row});
  if (waits) touch(changes_.add(row.send));
}

void TimelineModel::renamed(ClientMsgId from, ClientMsgId to) {
  changes_.rename(from, to);
  const int at = find_pending(from);
  if (at < 0) return;
  pending_[static_cast<std::size_t>(at)].row.send.client_msg_id = to;
  touch_pending(at);
}

void TimelineModel::found_in_log(ClientMsgId id) {
  remove_pending(id);
  forget_change(id);
}

bool TimelineModel::refusal(const RefusedRow& row) {
  forget_change(row.send.client_msg_id);
  if (!takes(row.send)) return row.send.kind != wire::EventKind::Message && touch(row.send.target);
  const int at = find_pending(row.send.client_msg_id);
  if (at < 0) {
    add_pending({.row = {.send = row.send, .queued = row.queued}, .refused = row});
  } else {
    pending_[static_cast<std::size_t>(at)].refused = row;
    touch_pending(at);
  }
  return true;
}

bool TimelineModel::touch(Seq seq) {
  const std::size_t at = fold_.find(seq);
  if (at == TimelineFold::kNone) return false;
  changed_rows(at, at);
  return true;
}

void TimelineModel::forget_change(ClientMsgId id) { touch(changes_.remove(id)); }

void TimelineModel::touch_all_pending() {
  if (live_ && !pending_.empty()) changed_rows(fold_.rows().size(), static_cast<std::size_t>(count()) - 1);
}

void TimelineModel::on(const client::Held&) {
  const qint64 wait = context_.host->held_until_ms(room_) - QDateTime::currentMSecsSinceEpoch();
  if (wait < kHeldShownMs) return;
  touch_all_pending();
  held_over_.start(static_cast<int>(wait) + 1);
}

void TimelineModel::on(const client::Settled& notice) {
  const bool committed = notice.status == wire::SendStatus::Accepted || notice.status == wire::SendStatus::Duplicate;
  // Of a change that comes with an event that is on its way, the words stay as they are shown.
  if (!committed || cursor() >= notice.seq) forget_change(notice.client_msg_id);
  if (!committed) return;  // refusal() comes
  const int at = find_pending(notice.client_msg_id);
  if (at < 0) return;
  // The event may have come before the answer; then it was taken off there. Of an earlier epoch it never comes.
  if (cursor() >= notice.seq) return remove_pending(notice.client_msg_id);
  pending_[static_cast<std::size_t>(at)].accepted = true;
  touch_pending(at);
}

// ---- what else is known

void TimelineModel::set_pins(const std::set<Seq>& pins) {
  pins_ = pins;
  if (!fold_.rows().empty()) emit dataChanged(index(0), index(static_cast<int>(fold_.rows().size()) - 1), {PinnedRole});
}

void TimelineModel::set_receipt(UserId user, Seq delivered, Seq read) {
  if (user == context_.host->me()) return;
  Receipt& receipt = receipts_[user];
  receipt.delivered = std::max(receipt.delivered, delivered);
  receipt.read = std::max(receipt.read, read);
  if (!fold_.rows().empty()) {
    emit dataChanged(index(0), index(static_cast<int>(fold_.rows().size()) - 1), {ReceiptTextRole});
  }
}

int TimelineModel::firstUnreadIndex() const {
  const auto& rows = fold_.rows();
  const auto at = std::ranges::find_if(rows, [this](const TimelineRow& row) {
    return row.event.seq > unread_after_ && !row.system() && row.event.sender != context_.host->me();
  });
  // The first of the window is the first unread one only if what is before it has been read.
  if (at == rows.end() || fold_.first() > unread_after_.next()) return -1;
  return static_cast<int>(at - rows.begin());
}

std::optional<wire::Event> TimelineModel::newest() const {
  if (!live_ || fold_.rows().empty()) return std::nullopt;
  wire::Event event = fold_.rows().back().event;
  event.seq = fold_.last();
  return event;
}

std::optional<TimelineRow> TimelineModel::message(Seq seq) const {
  const std::size_t at = fold_.find(seq);
  if (at == TimelineFold::kNone) return std::nullopt;
  return changes_.applied(fold_.rows()[at], context_.host->me());
}

int TimelineModel::indexOf(qlonglong seq) const {
  const std::size_t at = fold_.find(Seq(static_cast<std::uint64_t>(seq)));
  return at == TimelineFold::kNone ? -1 : static_cast<int>(at);
}

}  // namespace starling::qt
