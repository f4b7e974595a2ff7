// What the server says to what a person did in a room, when it says no.
#include "client-qt/models/directory.h"
#include "client-qt/models/refusals.h"
#include "client-qt/models/room.h"
#include "client-qt/session/session_host.h"

namespace starling::qt {

/// Said where it belongs: at the message, in the settings. A notice is for what has no place.
void Room::refused(const RefusedRow& row) {
  bool shown = timeline_.refusal(row);
  if (thread_) shown = thread_->refusal(row) || shown;
  const QString text = refusal_text(row, kind() == QLatin1String("direct"));
  if (settings_.erase(row.send.client_msg_id) > 0) {
    settings_text_ = text;
    emit settingsChanged();
    return;
  }
  if (shown) return;
  emit failed(row.send.subject ? tr("%1: %2").arg(context_.people->name(row.send.subject), text) : text);
}

void Room::set(const RoomOrder& what) {
  settings_text_.clear();
  if (const auto sent = log(draft_of(what))) {
    settings_.insert(*sent);
  } else {
    settings_text_ = tr(describe(sent.error()));
  }
  emit settingsChanged();
}

void Room::settled_settings(const client::Settled& settled) {
  const bool committed = settled.status == wire::SendStatus::Accepted || settled.status == wire::SendStatus::Duplicate;
  if (!committed || settings_.erase(settled.client_msg_id) == 0) return;  // refused() comes
  emit settingsChanged();
  if (settings_.empty() && settings_text_.isEmpty()) emit settingsSaved();
}

/// A new attempt takes the place of one that was refused.
void Room::forget_refused(wire::EventKind kind, Seq about) {
  std::vector<ClientMsgId> old;
  for (const RefusedRow& row : context_.host->refused()) {
    if (row.send.room == room_ && row.send.kind == kind && row.send.target == about) {
      old.push_back(row.send.client_msg_id);
    }
  }
  for (const ClientMsgId id : old) discard(QString::number(id.value));
}

void Room::retry(const QString& localId) {
  const ClientMsgId id(localId.toULongLong());
  for (const RefusedRow& row : context_.host->refused()) {
    if (row.send.client_msg_id != id) continue;
    client::Draft again{
        .kind = row.send.kind, .target = row.send.target, .thread = row.send.thread, .body = row.send.body};
    discard(localId);
    attempt(std::move(again));
    return;
  }
}

void Room::discard(const QString& localId) {
  const ClientMsgId id(localId.toULongLong());
  Seq about;
  for (const RefusedRow& row : context_.host->refused()) {
    if (row.send.client_msg_id == id) about = row.send.target;
  }
  context_.host->dismiss_refused(id);
  for (TimelineModel* each : {&timeline_, thread_.get()}) {
    if (each == nullptr) continue;
    each->found_in_log(id);
    each->touch(about);
  }
}

}  // namespace starling::qt
