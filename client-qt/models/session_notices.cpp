// What the server says that is not a room's log, and where the frames that are to come are handled:
//
//   RoomJoined              -> on(RoomJoined): opens the room, as on(RoomMade) does; JoinRoom is sent in join()
//   ItemChanged, ItemList   -> on(…): Invitation to set_invitation()/clear_invitation(), Draft to Room::offer_draft(),
//                              Mute and Folder to RoomBook::set_muted()/set_folder()
//   PresenceChanged         -> on(PresenceChanged): Directory::set_presence()
//   Receipts                -> on(Receipts): TimelineModel::set_receipt() of the open room
#include <QDateTime>

#include "client-qt/cache/place.h"
#include "client-qt/models/session.h"
#include "client-qt/text/markup.h"

namespace starling::qt {
namespace {

/// What is older when it arrives was caught up with, and rings no bell.
constexpr qint64 kNewsMs = 120'000;

}  // namespace

void Session::notice(const client::Notice& notice) {
  std::visit([this](const auto& each) { on(each); }, notice);
  // A room that was to be opened may be known by now.
  if (wanted_ && book_.find(wanted_) != nullptr) openRoom(QString::number(wanted_.value));
}

void Session::on(const client::Welcomed&) {
  signed_out_ = false;
  emit meChanged();
  directory_.retry();
  account_.refresh();
}

void Session::on(const client::RoomMade& notice) {
  const wire::RoomCreated& answer = *notice.answer;
  if (answer.request_id != creating_) return;
  creating_ = 0;
  if (answer.status == wire::CreateStatus::Rejected) return emit failed(tr("The server refused to make the room."));
  wanted_ = answer.room;
  if (!std::exchange(create_public_, false)) return;
  // A room is private until its log says otherwise.
  auto draft = draft_of({.act = RoomAct::Visibility, .text = "public"});
  if (!draft) return emit failed(tr("The room is private: this server cannot make public ones yet."));
  std::ignore = host_.send(answer.room, std::move(*draft));
}

void Session::on(const client::RoomLeft& notice) {
  if (room_ && room_->id() == notice.room) closeRoom();
}

void Session::on(const client::Applied& notice) {
  const wire::Event& event = *notice.event;
  const RoomSummary* room = book_.find(event.room);
  if (room == nullptr || event.kind != wire::EventKind::Message || event.sender == host_.me()) return;
  if (event.seq <= room->read_seq || QDateTime::currentMSecsSinceEpoch() - to_ms(event.ts) > kNewsMs) return;
  if (room->muted && !mentions(event, host_.me())) return;
  const auto name_of = [this](quint64 user) { return directory_.name(UserId(user)); };
  const QString line = to_line(QString::fromStdString(event.body), name_of);
  const bool direct = room->kind == wire::RoomKind::Direct;
  emit notify(QString::number(event.room.value), room_title(*room, context()),
              direct ? line : tr("%1: %2").arg(directory_.name(event.sender), line));
}

/// JoinRoom goes out here; its answer opens the room. Until the wire has it, who was invited by a link is a member once
/// somebody has added them.
void Session::join(RoomId room) {
  if (book_.find(room) != nullptr) return openRoom(QString::number(room.value));
  wanted_ = room;
  emit failed(tr("This server cannot let people join rooms by themselves yet; ask a member to add you."));
}

void Session::declineInvitation(const QString& roomId) { clear_invitation(RoomId(roomId.toULongLong())); }

void Session::set_invitation(RoomId room, const QString& title, UserId inviter) {
  invitations_.put({{QStringLiteral("room"), QString::number(room.value)},
                    {QStringLiteral("title"), title},
                    {QStringLiteral("inviter"), directory_.name(inviter)}});
}

void Session::clear_invitation(RoomId room) { invitations_.remove(QString::number(room.value)); }

}  // namespace starling::qt
