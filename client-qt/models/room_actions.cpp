// What a person does in a room.
#include <QJsonObject>
#include <algorithm>

#include "client-qt/account/api.h"
#include "client-qt/models/items.h"
#include "client-qt/models/room.h"
#include "client-qt/models/room_book.h"
#include "client-qt/session/session_host.h"

namespace starling::qt {
namespace {

Seq seq_of(qlonglong seq) { return Seq(static_cast<std::uint64_t>(std::max<qlonglong>(seq, 0))); }
UserId user_of(const QString& id) { return UserId(id.toULongLong()); }

}  // namespace

Result<ClientMsgId, client::CommandError> Room::log(client::Draft draft, std::vector<CacheOp> also) {
  if (draft.kind != wire::EventKind::Message && draft.target) forget_refused(draft.kind, draft.target);
  return context_.host->send(room_, std::move(draft), std::move(also));
}

void Room::attempt(client::Draft draft) {
  if (const auto sent = log(std::move(draft)); !sent) emit failed(tr(describe(sent.error())));
}

// ---- messages

QString Room::send(const QString& text, qlonglong replyTo, qlonglong threadRoot) {
  const QString trimmed = text.trimmed();
  if (trimmed.isEmpty()) return {};
  // The words leave the draft in the transaction that puts them into the outbox: they are always in one of the two.
  const Words before = draft_;
  draft_.text.clear();
  ++draft_.version;
  draft_.touched = true;
  const auto sent = log(message_draft(trimmed.toStdString(), seq_of(replyTo), seq_of(threadRoot)), {draft_op()});
  if (!sent) {
    draft_ = before;
    return tr(describe(sent.error()));
  }
  save_.stop();
  context_.items->put(wire::ItemKind::Draft, std::to_string(room_.value), {});
  emit draftChanged();
  return {};
}

QString Room::edit(qlonglong seq, const QString& text) {
  if (text.trimmed().isEmpty()) {
    remove(seq);
    return {};
  }
  const auto sent = log({.kind = wire::EventKind::Edit, .target = seq_of(seq), .body = text.trimmed().toStdString()});
  return sent ? QString() : tr(describe(sent.error()));
}

void Room::remove(qlonglong seq) { attempt({.kind = wire::EventKind::Delete, .target = seq_of(seq)}); }

void Room::react(qlonglong seq, const QString& emoji) {
  const std::string body = emoji.toStdString();
  bool mine = false;
  std::optional<TimelineRow> message = timeline_.message(seq_of(seq));
  if (!message && thread_) message = thread_->message(seq_of(seq));
  if (message) {
    for (const Reaction& reaction : message->reactions) {
      mine = mine ||
             (reaction.emoji == body && std::ranges::find(reaction.users, context_.host->me()) != reaction.users.end());
    }
  }
  attempt({.kind = mine ? wire::EventKind::ReactionRemove : wire::EventKind::ReactionAdd,
           .target = seq_of(seq),
           .body = body});
}

void Room::pin(qlonglong seq, bool pinned) {
  order({.act = pinned ? RoomAct::Pin : RoomAct::Unpin, .target = seq_of(seq)});
}

void Room::markRead() {
  const std::optional<wire::Event> newest = timeline_.newest();
  if (!newest) return;
  context_.host->mark_read(room_, newest->seq, newest->msg_no);
  context_.rooms->set_read(room_, newest->seq, newest->msg_no);
}

void Room::openThread(qlonglong seq) {
  thread_root_ = seq_of(seq);
  thread_ = std::make_unique<TimelineModel>(context_, room_, thread_root_);
  thread_->open(seq_of(seq));
  emit threadChanged();
}

qlonglong Room::threadRoot() const { return static_cast<qlonglong>(thread_root_.value); }

void Room::closeThread() {
  if (!thread_) return;
  thread_.release()->deleteLater();  // its page may be on the way out
  thread_root_ = {};
  emit threadChanged();
}

void Room::jumpToDate(qint64 ms) {
  context_.api->get(QStringLiteral("/v1/rooms/%1/seq?at_ms=%2").arg(room_.value).arg(ms), this,
                    [this](const HttpReply& reply) {
                      if (!reply.ok()) return emit failed(reply.text);
                      const QJsonValue seq = reply.body.value(QLatin1String("seq"));
                      timeline_.jumpTo(seq.isString() ? seq.toString().toLongLong() : seq.toInteger());
                    });
}

// ---- the room

void Room::setTitle(const QString& title) { set({.act = RoomAct::Title, .text = title.trimmed().toStdString()}); }
void Room::setTopic(const QString& topic) { set({.act = RoomAct::Topic, .text = topic.trimmed().toStdString()}); }
void Room::setVisibility(const QString& visibility) {
  set({.act = RoomAct::Visibility, .text = visibility.toStdString()});
}
void Room::setHistory(const QString& history) { set({.act = RoomAct::History, .text = history.toStdString()}); }

/// Here at once, and on the user's other devices.
void Room::setMuted(bool muted) {
  context_.items->put(wire::ItemKind::Mute, std::to_string(room_.value), muted ? "always" : "");
}

void Room::invite(const QString& userId) { order({.act = RoomAct::Invite, .subject = user_of(userId)}); }
void Room::kick(const QString& userId) { order({.act = RoomAct::Remove, .subject = user_of(userId)}); }
void Room::ban(const QString& userId) { order({.act = RoomAct::Ban, .subject = user_of(userId)}); }
void Room::muteMember(const QString& userId, bool muted) {
  order({.act = muted ? RoomAct::Mute : RoomAct::Unmute, .subject = user_of(userId)});
}

void Room::setRole(const QString& userId, const QString& role) {
  const std::optional<wire::Role> found = role_of(role.toStdString());
  if (!found) return emit failed(tr("There is no role \"%1\".").arg(role));
  order({.act = RoomAct::Role, .subject = user_of(userId), .role = *found});
}

void Room::leave() { order({.act = RoomAct::Remove, .subject = context_.host->me()}); }

void Room::createInviteLink(int uses, int expiresS) {
  QJsonObject body;
  if (uses > 0) body.insert(QStringLiteral("uses"), uses);
  if (expiresS > 0) body.insert(QStringLiteral("expires_s"), expiresS);
  context_.api->call("POST", QStringLiteral("/v1/rooms/%1/invites").arg(room_.value), body, this,
                     [this](const HttpReply& reply) {
                       invite_error_ = reply.ok() ? QString() : reply.text;
                       if (!reply.ok()) return emit inviteLinkChanged();
                       invite_link_ = reply.body.value(QLatin1String("link")).toString();
                       emit inviteLinkChanged();
                     });
}

}  // namespace starling::qt
