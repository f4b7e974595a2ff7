#include "client-qt/models/room.h"

#include <QDateTime>
#include <QJsonArray>
#include <QRegularExpression>
#include <set>

#include "client-qt/account/api.h"
#include "client-qt/models/directory.h"
#include "client-qt/models/items.h"
#include "client-qt/models/room_book.h"
#include "client-qt/models/room_list_model.h"
#include "client-qt/session/session_host.h"
#include "client-qt/text/markup.h"
#include "client-qt/text/words.h"

namespace starling::qt {
namespace {

/// A draft is stored when the keys rest for this long.
constexpr int kDraftMs = 250;
/// Typing is told every 3 s; who says nothing for longer has stopped.
constexpr qint64 kTypingMs = 6'000;
/// Of one room: the server allows 500 in all.
constexpr std::size_t kWatchedMax = 200;

}  // namespace

Room::Room(const Context& context, RoomId room, QObject* parent)
    : QObject(parent),
      context_(context),
      room_(room),
      timeline_(context, room, {}),
      members_(context, room),
      pins_({"seq", "text", "sender"}, "seq") {
  save_.setSingleShot(true);
  save_.setInterval(kDraftMs);
  connect(&save_, &QTimer::timeout, this, &Room::save_draft);
  typing_over_.setSingleShot(true);
  connect(&typing_over_, &QTimer::timeout, this, [this] {
    std::erase_if(typing_,
                  [now = QDateTime::currentMSecsSinceEpoch()](const auto& each) { return each.second <= now; });
    if (!typing_.empty()) typing_over_.start(1000);
    emit typingChanged();
  });
  SessionHost* host = context_.host;
  connect(host, &SessionHost::noticed, this, &Room::notice);
  connect(host, &SessionHost::queued, this, [this](const OutboxRow& row) {
    timeline_.queued(row);
    if (thread_) thread_->queued(row);
  });
  connect(host, &SessionHost::renamed, this, [this](RoomId where, ClientMsgId from, ClientMsgId to) {
    if (where != room_) return;
    if (settings_.erase(from) > 0) settings_.insert(to);
    timeline_.renamed(from, to);
    if (thread_) thread_->renamed(from, to);
  });
  connect(host, &SessionHost::found_in_log, this, [this](RoomId where, ClientMsgId id) {
    if (where == room_) timeline_.found_in_log(id);
    if (where == room_ && thread_) thread_->found_in_log(id);
  });
  connect(host, &SessionHost::refusal, this, [this](const RefusedRow& row) {
    if (row.send.room == room_) refused(row);
  });
  connect(&members_, &QAbstractItemModel::modelReset, this, &Room::watch);
  connect(&members_, &QAbstractItemModel::rowsInserted, this, &Room::watch);
  connect(context_.rooms, &RoomBook::changed, this, [this](RoomId which) {
    if (which == room_) emit changed();
  });
}

Room::~Room() {
  if (save_.isActive()) save_draft();
  context_.host->watch(room_, {}, false);
}

/// Whoever is listed is watched, as far as a connection may.
void Room::watch() {
  std::vector<UserId> users;
  for (const QVariantMap& row : members_.rows()) {
    if (users.size() == kWatchedMax) break;
    const UserId user(row.value(QStringLiteral("userId")).toString().toULongLong());
    if (user && user != context_.host->me()) users.push_back(user);
  }
  context_.host->watch(room_, std::move(users), true);
}

void Room::open() {
  const RoomSummary* room = summary();
  timeline_.open(room != nullptr ? room->read_seq : Seq());
  context_.cache->ask(
      this, [id = room_](Store& store) { return store.draft(id); },
      [this](const DraftRow& row) {
        if (draft_.touched) return;
        draft_ = {.text = QString::fromStdString(row.text),
                  .other = QString::fromStdString(row.other_text),
                  .version = row.version,
                  .other_version = row.other_version};
        if (draft_.text.isEmpty()) {  // another device's, of which this one had none
          draft_.text = QString::fromStdString(context_.items->value(wire::ItemKind::Draft, room_));
        }
        emit draftChanged();
      });
  refresh();
}

/// What only the HTTP API tells of a room.
void Room::refresh() {
  members_.refresh();
  context_.api->get(QStringLiteral("/v1/rooms/%1").arg(room_.value), this, [this](const HttpReply& reply) {
    if (!reply.ok()) return;
    history_ = reply.body.value(QLatin1String("history")).toString(history_);
    member_count_ = reply.body.value(QLatin1String("members")).toInt();
    context_.rooms->set_topic(room_, reply.body.value(QLatin1String("topic")).toString(),
                              reply.body.value(QLatin1String("visibility")).toString());
    std::set<Seq> pinned;
    std::vector<QVariantMap> rows;
    for (const QJsonValue& each : reply.body.value(QLatin1String("pins")).toArray()) {
      const Seq seq(static_cast<std::uint64_t>(each.isString() ? each.toString().toLongLong() : each.toInteger()));
      pinned.insert(seq);
      rows.push_back({{QStringLiteral("seq"), static_cast<qlonglong>(seq.value)}});
      context_.cache->ask(
          this, [id = room_, seq](Store& store) { return store.message(id, seq); },
          [this, seq](const std::optional<Preview>& found) {
            if (!found) return;
            const auto name_of = [this](quint64 user) { return context_.people->name(UserId(user)); };
            pins_.change(pins_.find(static_cast<qlonglong>(seq.value)),
                         {{QStringLiteral("text"), to_line(QString::fromStdString(found->text), name_of)},
                          {QStringLiteral("sender"), context_.people->name(found->sender)}});
          });
    }
    pins_.set_rows(std::move(rows));
    timeline_.set_pins(pinned);
    emit changed();
  });
}

void Room::notice(const client::Notice& notice) {
  if (const auto* applied = std::get_if<client::Applied>(&notice)) {
    if (applied->event->room != room_) return;
    members_.applied(*applied->event);
    const auto kind = applied->event->kind;
    const bool of_the_room = kind == wire::EventKind::RoomTopic || kind == wire::EventKind::RoomVisibility ||
                             kind == wire::EventKind::RoomHistory || kind == wire::EventKind::Pin ||
                             kind == wire::EventKind::Unpin;
    if (of_the_room) refresh();
    if (typing_.erase(applied->event->sender) > 0) emit typingChanged();
  }
  if (const auto* typing = std::get_if<client::Typing>(&notice)) {
    if (typing->notice->room == room_) someone_types(typing->notice->user);
    return;
  }
  const auto elsewhere = [this](RoomId where) { return where != room_; };
  if (const auto* settled = std::get_if<client::Settled>(&notice)) {
    if (elsewhere(settled->room)) return;
    settled_settings(*settled);
  }
  if (const auto* held = std::get_if<client::Held>(&notice); held && elsewhere(held->room)) return;
  if (const auto* synced = std::get_if<client::RoomSynced>(&notice)) {
    if (elsewhere(synced->answer->room)) return;
  }
  if (const auto* reset = std::get_if<client::RoomReset>(&notice); reset && elsewhere(reset->answer->room)) return;
  timeline_.notice(notice);
  if (thread_) thread_->notice(notice);
  if (std::holds_alternative<client::RoomSynced>(notice)) refresh();
}

// ---- what it is

const RoomSummary* Room::summary() const { return std::as_const(*context_.rooms).find(room_); }

QString Room::title() const { return summary() != nullptr ? room_title(*summary(), context_) : QString(); }
QString Room::topic() const { return summary() != nullptr ? summary()->topic : QString(); }
QString Room::kind() const {
  return summary() != nullptr && summary()->kind == wire::RoomKind::Direct ? QStringLiteral("direct")
                                                                           : QStringLiteral("group");
}
QString Room::role() const {
  return QString::fromStdString(role_text(summary() != nullptr ? summary()->role : wire::Role::None));
}
bool Room::moderator() const { return summary() != nullptr && summary()->role >= wire::Role::Moderator; }
bool Room::admin() const { return summary() != nullptr && summary()->role >= wire::Role::Admin; }
bool Room::mayCallRoom() const { return moderator() || kind() == QLatin1String("direct"); }
QString Room::visibility() const { return summary() != nullptr ? summary()->visibility : QString(); }
QString Room::folder() const { return summary() != nullptr ? summary()->folder : QString(); }
bool Room::muted() const { return summary() != nullptr && summary()->muted; }
int Room::memberCount() const { return member_count_ > 0 ? member_count_ : members_.count(); }
Person* Room::peer() const {
  return summary() != nullptr && summary()->peer ? context_.people->person(summary()->peer) : nullptr;
}

// ---- typing

void Room::someone_types(UserId user) {
  if (user == context_.host->me()) return;
  typing_[user] = QDateTime::currentMSecsSinceEpoch() + kTypingMs;
  if (!typing_over_.isActive()) typing_over_.start(1000);
  emit typingChanged();
}

QString Room::typing() const {
  QStringList names;
  for (const auto& [user, until] : typing_) names += context_.people->name(user);
  return typing_text(names);
}

void Room::typingNow() { context_.host->typing(room_); }

// ---- the draft

void Room::setDraft(const QString& text) {
  if (text == draft_.text) return;
  draft_.text = text;
  draft_.touched = true;
  ++draft_.version;
  save_.start();
  emit draftChanged();
}

CacheOp Room::draft_op() const {
  return StoreDraft{room_,
                    {.text = draft_.text.toStdString(),
                     .version = draft_.version,
                     .other_text = draft_.other.toStdString(),
                     .other_version = draft_.other_version}};
}

void Room::save_draft() {
  save_.stop();
  context_.cache->write({.ops = {draft_op()}});
  context_.items->put(wire::ItemKind::Draft, std::to_string(room_.value), draft_.text.toStdString());
}

void Room::offer_draft(const QString& text, const QString& before, std::uint64_t version) {
  if (text == draft_.text) return;
  draft_.touched = true;
  if (draft_.text.isEmpty() || draft_.text == before) {
    draft_.text = text;
    draft_.version = std::max(draft_.version, version);
  } else if (!text.isEmpty()) {
    draft_.other = text;
    draft_.other_version = version;
  }
  save_draft();
  emit draftChanged();
}

void Room::setDraftConflict(const QString& text) {
  if (text.isEmpty() && !draft_.other.isEmpty()) resolveDraft(false);
}

QString Room::userOf(const QString& handle) const {
  const UserId user = context_.people->by_handle(handle.toLower());
  return user ? QString::number(user.value) : QString();
}

QString Room::typed(const QString& text) const {
  static const QRegularExpression mention(QStringLiteral("<@(\\d+)>"));
  QString typed = text;
  for (auto match = mention.match(typed); match.hasMatch(); match = mention.match(typed)) {
    const Person* who = context_.people->person(UserId(match.captured(1).toULongLong()));
    const QString handle = who->handle().isEmpty() ? match.captured(1) : who->handle();
    typed.replace(match.capturedStart(), match.capturedLength(), QLatin1Char('@') + handle);
  }
  return typed.replace(QLatin1String("<@room>"), QLatin1String("@room"));
}

void Room::resolveDraft(bool takeOther) {
  if (takeOther) draft_.text = draft_.other;
  draft_.other.clear();
  draft_.version = std::max(draft_.version, draft_.other_version) + 1;
  draft_.touched = true;
  save_draft();
  emit draftChanged();
}

}  // namespace starling::qt
