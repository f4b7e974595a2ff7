// A row's roles.
#include <QDateTime>

#include "client-qt/cache/cache.h"
#include "client-qt/cache/place.h"
#include "client-qt/models/directory.h"
#include "client-qt/models/refusals.h"
#include "client-qt/models/room_book.h"
#include "client-qt/models/timeline_model.h"
#include "client-qt/session/session_host.h"
#include "client-qt/text/markup.h"
#include "client-qt/text/words.h"

namespace starling::qt {
namespace {

/// A sender who goes on within this time goes on in the same group.
constexpr qint64 kGroupMs = 5 * 60 * 1000;

QString id(std::uint64_t value) { return QString::number(value); }

}  // namespace

int TimelineModel::rowCount(const QModelIndex& parent) const { return parent.isValid() ? 0 : count(); }

QHash<int, QByteArray> TimelineModel::roleNames() const {
  return {{SeqRole, "seq"},
          {LocalIdRole, "localId"},
          {KindRole, "kind"},
          {SenderIdRole, "senderId"},
          {SenderNameRole, "senderName"},
          {SenderColorRole, "senderColor"},
          {SenderInitialsRole, "senderInitials"},
          {OwnRole, "own"},
          {TextRole, "text"},
          {HtmlRole, "html"},
          {TimeMsRole, "timeMs"},
          {TimeTextRole, "timeText"},
          {DayTextRole, "dayText"},
          {GroupStartRole, "groupStart"},
          {StateRole, "state"},
          {StateTextRole, "stateText"},
          {EditedRole, "edited"},
          {DeletedRole, "deleted"},
          {ReplyToRole, "replyTo"},
          {ReplyTextRole, "replyText"},
          {ReplySenderRole, "replySender"},
          {ReactionsRole, "reactions"},
          {ThreadRootRole, "threadRoot"},
          {ThreadCountRole, "threadCount"},
          {ThreadLastMsRole, "threadLastMs"},
          {PinnedRole, "pinned"},
          {MentionsMeRole, "mentionsMe"},
          {FirstUnreadRole, "firstUnread"},
          {ReceiptTextRole, "receiptText"},
          {HighlightedRole, "highlighted"},
          {RefusedIdRole, "refusedId"},
          {RefusedTextRole, "refusedText"}};
}

void TimelineModel::changed_rows(std::size_t first, std::size_t last) {
  if (last >= static_cast<std::size_t>(count())) return;
  emit dataChanged(index(static_cast<int>(first)), index(static_cast<int>(last)));
}

QVariant TimelineModel::data(const QModelIndex& at, int role) const {
  if (!at.isValid() || at.row() >= count()) return {};
  const auto row = static_cast<std::size_t>(at.row());
  if (row >= fold_.rows().size()) return pending_data(pending_[row - fold_.rows().size()], row, role);
  const TimelineRow& each = fold_.rows()[row];
  if (each.system()) return system_data(each, row, role);
  return changes_.empty() ? message_data(each, row, role) : changed_data(each, row, role);
}

std::optional<qint64> TimelineModel::time_before(std::size_t at) const {
  if (at == 0) return std::nullopt;
  const std::size_t rows = fold_.rows().size();
  return to_ms(at <= rows ? fold_.rows()[at - 1].event.ts : pending_[at - 1 - rows].row.queued);
}

/// Of the message above, when a group could go on from there.
UserId TimelineModel::sender_before(std::size_t at) const {
  if (at == 0) return {};
  const std::size_t rows = fold_.rows().size();
  if (at > rows) return context_.host->me();
  return fold_.rows()[at - 1].system() ? UserId() : fold_.rows()[at - 1].event.sender;
}

QString TimelineModel::day_above(qint64 ts, std::optional<qint64> before) const {
  const auto day = [](qint64 ms) { return QDateTime::fromMSecsSinceEpoch(ms).date(); };
  if (before && day(*before) == day(ts)) return {};
  return day_text(ts, QDateTime::currentMSecsSinceEpoch());
}

QVariant TimelineModel::common_data(const TimelineRow& row, std::size_t at, int role) const {
  const wire::Event& event = row.event;
  const qint64 ts = to_ms(event.ts);
  switch (role) {
    case SeqRole:
      return static_cast<qlonglong>(event.seq.value);
    case LocalIdRole:
      return id(event.client_msg_id.value);
    case SenderIdRole:
      return id(event.sender.value);
    case SenderNameRole:
      return context_.people->name(event.sender);
    case SenderColorRole:
      return context_.people->person(event.sender)->color();
    case SenderInitialsRole:
      return context_.people->person(event.sender)->initials();
    case OwnRole:
      return event.sender == context_.host->me();
    case TimeMsRole:
      return ts;
    case TimeTextRole:
      return time_text(ts);
    case DayTextRole:
      return day_above(ts, time_before(at));
    case StateRole:
      return QStringLiteral("sent");
    case ReplyToRole:
    case ThreadRootRole:
    case ThreadCountRole:
    case ThreadLastMsRole:
      return 0;
    case EditedRole:
    case DeletedRole:
    case PinnedRole:
    case MentionsMeRole:
    case FirstUnreadRole:
      return false;
    case ReactionsRole:
      return QVariantList();
    case HighlightedRole:
      return highlighted_ && event.seq == highlighted_;
    case StateTextRole:
    case ReplyTextRole:
    case ReplySenderRole:
    case ReceiptTextRole:
    case RefusedIdRole:
    case RefusedTextRole:
      return QString();
    default:
      return {};
  }
}

bool TimelineModel::direct() const {
  const RoomSummary* room = std::as_const(*context_.rooms).find(room_);
  return room != nullptr && room->kind == wire::RoomKind::Direct;
}

/// The newest of what was refused to be done to the message.
const RefusedRow* TimelineModel::refused_about(Seq seq) const {
  const RefusedRow* found = nullptr;
  for (const RefusedRow& row : context_.host->refused()) {
    const wire::Send& send = row.send;
    if (send.room == room_ && send.kind != wire::EventKind::Message && send.target == seq) found = &row;
  }
  return found;
}

/// With the text that was not taken, so that it can be copied before it is given up.
QString TimelineModel::refused_text(Seq seq) const {
  const RefusedRow* row = refused_about(seq);
  if (row == nullptr) return {};
  const QString text = refusal_text(*row, direct());
  if (row->send.kind != wire::EventKind::Edit) return text;
  const auto name_of = [this](quint64 user) { return context_.people->name(UserId(user)); };
  return tr("%1 Your change: “%2”").arg(text, to_line(QString::fromStdString(row->send.body), name_of));
}

QString TimelineModel::waiting_text() const {
  const qint64 until = context_.host->held_until_ms(room_);
  if (until == 0) return tr("Waiting to be sent");
  const QTime at = QDateTime::fromMSecsSinceEpoch(until).time();
  return tr("Too much at once for the server: goes again by itself at %1").arg(at.toString(QStringLiteral("HH:mm:ss")));
}

QVariant TimelineModel::system_data(const TimelineRow& row, std::size_t at, int role) const {
  switch (role) {
    case KindRole:
      return QStringLiteral("system");
    case TextRole:
    case Qt::DisplayRole:
      return system_text(row.event);
    case HtmlRole:
      return system_text(row.event).toHtmlEscaped();
    case GroupStartRole:
      return true;
    default:
      return common_data(row, at, role);
  }
}

QString TimelineModel::system_text(const wire::Event& event) const {
  const QString who = context_.people->name(event.sender);
  const QString whom = event.subject ? context_.people->name(event.subject) : QString();
  switch (event.kind) {
    case wire::EventKind::MemberAdd:
      if (event.sender == event.subject || !event.sender) return tr("%1 joined").arg(whom);
      return tr("%1 added %2").arg(who, whom);
    case wire::EventKind::MemberRemove:
      return event.sender == event.subject ? tr("%1 left").arg(who) : tr("%1 removed %2").arg(who, whom);
    case wire::EventKind::RoomTitle:
      return tr("%1 named the room \"%2\"").arg(who, QString::fromStdString(event.body));
    case wire::EventKind::RoomTopic:
      return tr("%1 set the topic: %2").arg(who, QString::fromStdString(event.body));
    case wire::EventKind::RoomVisibility:
      return event.body == wire::kPublic ? tr("%1 made the room public").arg(who)
                                         : tr("%1 made the room private").arg(who);
    case wire::EventKind::RoomHistory:
      return event.body == wire::kHistoryJoined ? tr("%1 hides the past from who joins later").arg(who)
                                                : tr("%1 shows the past to who joins later").arg(who);
    case wire::EventKind::Pin:
      return tr("%1 pinned a message").arg(who);
    case wire::EventKind::Unpin:
      return tr("%1 took a pin off a message").arg(who);
    case wire::EventKind::MemberInvite:
      return tr("%1 invited %2").arg(who, whom);
    case wire::EventKind::MemberMute:
      return tr("%1 muted %2").arg(who, whom);
    case wire::EventKind::MemberUnmute:
      return tr("%1 lets %2 speak again").arg(who, whom);
    case wire::EventKind::MemberBan:
      return tr("%1 banned %2").arg(who, whom);
    case wire::EventKind::MemberUnban:
      return tr("%1 lifted the ban of %2").arg(who, whom);
    case wire::EventKind::Message:
    case wire::EventKind::Edit:
    case wire::EventKind::Delete:
    case wire::EventKind::ReactionAdd:
    case wire::EventKind::ReactionRemove:
      break;
  }
  return {};
}

QString TimelineModel::html_of(const std::string& text) const {
  return to_html(QString::fromStdString(text), [this](quint64 user) { return context_.people->name(UserId(user)); });
}

QVariant TimelineModel::message_data(const TimelineRow& row, std::size_t at, int role) const {
  const wire::Event& event = row.event;
  switch (role) {
    case KindRole:
      return QStringLiteral("message");
    case TextRole:
    case Qt::DisplayRole:
      return QString::fromStdString(row.text);
    case HtmlRole:
      if (row.html.isEmpty() && !row.deleted) row.html = html_of(row.text);
      return row.html;
    case GroupStartRole:
      return event.sender != sender_before(at) || to_ms(event.ts) - time_before(at).value_or(0) > kGroupMs ||
             !day_above(to_ms(event.ts), time_before(at)).isEmpty();
    case EditedRole:
      return static_cast<bool>(row.edited_by);
    case DeletedRole:
      return row.deleted;
    case ReplyToRole:
      return static_cast<qlonglong>(event.target.value);
    case ReplyTextRole:
    case ReplySenderRole:
      return reply_data(event.target, role);
    case ReactionsRole:
      return reactions_of(row);
    case ThreadRootRole:
      return static_cast<qlonglong>(thread_root(event).value);
    case ThreadCountRole:
      return static_cast<int>(row.thread_count);
    case ThreadLastMsRole:
      return static_cast<qint64>(to_ms(row.thread_last));
    case PinnedRole:
      return pins_.contains(event.seq);
    case MentionsMeRole:
      return !row.deleted && mentions(event, context_.host->me());
    case FirstUnreadRole:
      return static_cast<int>(at) == firstUnreadIndex();
    case ReceiptTextRole:
      return receipt_text(row);
    case RefusedIdRole: {
      const RefusedRow* refused = refused_about(event.seq);
      return refused != nullptr ? id(refused->send.client_msg_id.value) : QString();
    }
    case RefusedTextRole:
      return refused_text(event.seq);
    default:
      return common_data(row, at, role);
  }
}

/// With what waits to be said of the message.
QVariant TimelineModel::changed_data(const TimelineRow& row, std::size_t at, int role) const {
  if (!changes_.concerns(row.event.seq)) return message_data(row, at, role);
  const bool rewritten = !row.deleted && changes_.rewrites(row.event.seq);
  switch (role) {
    case StateRole:
      return rewritten ? QStringLiteral("changing") : QStringLiteral("sent");
    case StateTextRole:
      return rewritten ? waiting_text() : QString();
    case TextRole:
    case HtmlRole:
    case Qt::DisplayRole:
    case EditedRole:
    case DeletedRole:
    case ReactionsRole:
      return message_data(changes_.applied(row, context_.host->me()), at, role);
    default:
      return message_data(row, at, role);
  }
}

QVariant TimelineModel::reply_data(Seq target, int role) const {
  if (!target) return QString();
  const auto name_of = [this](quint64 user) { return context_.people->name(UserId(user)); };
  if (const auto row = message(target)) {
    if (role == ReplySenderRole) return context_.people->name(row->event.sender);
    return row->deleted ? tr("Message deleted") : to_line(QString::fromStdString(row->text), name_of);
  }
  const auto known = quotes_.find(target);
  if (known != quotes_.end()) {
    if (role == ReplyTextRole) return known->second.text;
    return known->second.sender ? context_.people->name(known->second.sender) : QString();
  }
  quotes_[target] = {.text = tr("An earlier message")};  // until the cache has answered, and when it does not have it
  auto* self = const_cast<TimelineModel*>(this);         // reading asks for what will be read again
  context_.cache->ask(
      self, [room = room_, target](Store& store) { return store.message(room, target); },
      [self, target, name_of](const std::optional<Preview>& found) {
        if (!found) return;
        self->quotes_[target] = {found->sender, found->deleted ? tr("Message deleted")
                                                               : to_line(QString::fromStdString(found->text), name_of)};
        if (self->count() > 0) {
          emit self->dataChanged(self->index(0), self->index(self->count() - 1), {ReplyTextRole, ReplySenderRole});
        }
      });
  return role == ReplyTextRole ? quotes_[target].text : QString();
}

QVariantList TimelineModel::reactions_of(const TimelineRow& row) const {
  QVariantList out;
  for (const Reaction& reaction : row.reactions) {
    QStringList names;
    bool mine = false;
    for (const UserId user : reaction.users) {
      mine = mine || user == context_.host->me();
      names += user == context_.host->me() ? tr("You") : context_.people->name(user);
    }
    out += QVariantMap{{QStringLiteral("emoji"), QString::fromStdString(reaction.emoji)},
                       {QStringLiteral("count"), static_cast<int>(reaction.users.size())},
                       {QStringLiteral("mine"), mine},
                       {QStringLiteral("names"), list_of(names)}};
  }
  return out;
}

QString TimelineModel::receipt_text(const TimelineRow& row) const {
  if (row.event.sender != context_.host->me() || receipts_.empty()) return {};
  int read = 0;
  bool delivered = false;
  for (const auto& [user, receipt] : receipts_) {
    if (receipt.read >= row.event.seq) ++read;
    delivered = delivered || receipt.delivered >= row.event.seq;
  }
  if (read > 0) return receipts_.size() == 1 ? tr("Read") : tr("Read by %1").arg(read);
  return delivered ? tr("Delivered") : QString();
}

QVariant TimelineModel::pending_data(const Pending& pending, std::size_t at, int role) const {
  const UserId me = context_.host->me();
  const wire::Send& send = pending.row.send;
  const TimelineRow like{
      .event = {.room = room_, .sender = me, .client_msg_id = send.client_msg_id, .ts = pending.row.queued}};
  switch (role) {
    case KindRole:
      return QStringLiteral("message");
    case TextRole:
    case Qt::DisplayRole:
      return QString::fromStdString(send.body);
    case HtmlRole:
      if (pending.html.isEmpty()) pending.html = html_of(send.body);
      return pending.html;
    case StateRole:
      if (pending.refused) return QStringLiteral("failed");
      return pending.accepted ? QStringLiteral("sent") : QStringLiteral("pending");
    case StateTextRole:
      if (pending.refused) return refusal_text(*pending.refused, direct());
      return pending.accepted ? QString() : waiting_text();
    case GroupStartRole:
      return me != sender_before(at) || to_ms(pending.row.queued) - time_before(at).value_or(0) > kGroupMs;
    case ReplyToRole:
      return static_cast<qlonglong>(send.target.value);
    case ReplyTextRole:
    case ReplySenderRole:
      return reply_data(send.target, role);
    case ThreadRootRole:
      return static_cast<qlonglong>(thread_root(send).value);
    default:
      return common_data(like, at, role);
  }
}

QVariantMap TimelineModel::details(int row) const {
  if (row < 0 || row >= count()) return {};
  const auto at = static_cast<std::size_t>(row);
  if (at >= fold_.rows().size()) {
    const Pending& pending = pending_[at - fold_.rows().size()];
    return {{QStringLiteral("device"), id(context_.host->engine().device().value)},
            {QStringLiteral("cseq"), pending.row.send.cseq.value},
            {QStringLiteral("msgId"), id(pending.row.send.client_msg_id.value)},
            {QStringLiteral("sentMs"), static_cast<qint64>(to_ms(pending.row.queued))},
            {QStringLiteral("stateText"), pending_data(pending, at, StateTextRole)}};
  }
  const wire::Event& event = fold_.rows()[at].event;
  QStringList delivered;
  QStringList read;
  for (const auto& [user, receipt] : receipts_) {
    if (receipt.read >= event.seq) {
      read += context_.people->name(user);
    } else if (receipt.delivered >= event.seq) {
      delivered += context_.people->name(user);
    }
  }
  return {{QStringLiteral("device"), id(event.device.value)},
          {QStringLiteral("cseq"), event.cseq.value},
          {QStringLiteral("epoch"), event.epoch.value},
          {QStringLiteral("seq"), static_cast<qlonglong>(event.seq.value)},
          {QStringLiteral("msgId"), id(event.client_msg_id.value)},
          {QStringLiteral("sentMs"), static_cast<qint64>(to_ms(event.ts))},
          {QStringLiteral("storedMs"), static_cast<qint64>(to_ms(event.ts))},
          {QStringLiteral("deliveredTo"), delivered},
          {QStringLiteral("readBy"), read}};
}

}  // namespace starling::qt
