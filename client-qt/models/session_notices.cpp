// What the server says that is not a room's log.
#include <QDateTime>
#include <QTimer>
#include <iterator>
#include <utility>

#include "client-qt/cache/place.h"
#include "client-qt/models/refusals.h"
#include "client-qt/models/session.h"
#include "client-qt/text/markup.h"

namespace starling::qt {
namespace {

/// What is older when it arrives was caught up with, and rings no bell.
constexpr qint64 kNewsMs = 120'000;
/// How long news wait for the name of who sent them.
constexpr int kNameMs = 2'000;

}  // namespace

void Session::notice(const client::Notice& notice) {
  std::visit([this](const auto& each) { on(each); }, notice);
  // A room that was to be opened may be known by now.
  if (wanted_ && book_.find(wanted_) != nullptr) openRoom(QString::number(wanted_.value));
}

void Session::on(const client::Welcomed& welcomed) {
  signed_out_ = false;
  items_.on(welcomed);
  emit meChanged();
  directory_.retry();
  account_.refresh();
}

void Session::on(const client::RoomMade& notice) {
  const wire::RoomCreated& answer = *notice.answer;
  if (answer.request_id != creating_) return;
  creating_ = 0;
  if (answer.status == wire::CreateStatus::Rejected) return emit failed(tr("The server refused to make the room."));
  if (answer.status == wire::CreateStatus::TooManyRooms) {
    return emit failed(tr("You, or one of the others, are in as many rooms as this server allows."));
  }
  wanted_ = answer.room;
  if (!std::exchange(create_public_, false)) return;
  // A room is private until its log says otherwise.
  std::ignore = host_.send(answer.room, draft_of({.act = RoomAct::Visibility, .text = "public"}));
}

void Session::on(const client::RoomLeft& notice) {
  if (room_ && room_->id() == notice.room) closeRoom();
}

void Session::on(const client::Applied& notice) {
  const wire::Event& event = *notice.event;
  if (event.kind != wire::EventKind::Message || event.sender == host_.me()) return;
  if (!directory_.person(event.sender)->handle().isEmpty()) return tell(event);
  nameless_.push_back(event);
  QTimer::singleShot(kNameMs, this, [this, user = event.sender] { tell_of(user); });
}

/// The name is known now, or will not be.
void Session::tell_of(UserId sender) {
  std::vector<wire::Event> rest;
  for (wire::Event& event : std::exchange(nameless_, {})) {
    if (event.sender == sender) {
      tell(event);
    } else {
      rest.push_back(std::move(event));
    }
  }
  nameless_.insert(nameless_.begin(), std::make_move_iterator(rest.begin()), std::make_move_iterator(rest.end()));
}

void Session::tell(const wire::Event& event) {
  const RoomSummary* room = book_.find(event.room);
  if (room == nullptr) return;
  if (event.seq <= room->read_seq || QDateTime::currentMSecsSinceEpoch() - to_ms(event.ts) > kNewsMs) return;
  const bool direct = room->kind == wire::RoomKind::Direct;
  if (!notifications_.wanted({.direct = direct, .mentions_me = mentions(event, host_.me()), .muted = room->muted}))
    return;
  const auto name_of = [this](quint64 user) { return directory_.name(UserId(user)); };
  const QString line =
      notifications_.preview() ? to_line(QString::fromStdString(event.body), name_of) : tr("new message");
  emit notify(QString::number(event.room.value), room_title(*room, context()),
              direct ? line : tr("%1: %2").arg(directory_.name(event.sender), line));
}

/// In a room that is not open; the open one says it itself.
void Session::refused(const RefusedRow& row) {
  const RoomSummary* room = book_.find(row.send.room);
  if (room == nullptr || (room_ && room_->id() == row.send.room)) return;
  const bool direct = room->kind == wire::RoomKind::Direct;
  emit failed(tr("%1: %2").arg(room_title(*room, context()), refusal_text(row, direct)));
}

void Session::join(RoomId room) {
  if (book_.find(room) != nullptr) return openRoom(QString::number(room.value));
  const auto asked = host_.join_room(room, false);
  if (!asked) return emit failed(tr(describe(asked.error())));
  wanted_ = room;
}

void Session::declineInvitation(const QString& roomId) {
  std::ignore = host_.join_room(RoomId(roomId.toULongLong()), true);
}

void Session::on(const client::RoomJoined& notice) {
  switch (notice.answer->status) {
    case wire::JoinStatus::Forbidden:
      wanted_ = {};
      return emit failed(tr("You need an invitation to this room."));
    case wire::JoinStatus::NoSuchRoom:
      wanted_ = {};
      return emit failed(tr("This room does not exist any more."));
    case wire::JoinStatus::TooManyRooms:
      wanted_ = {};
      return emit failed(tr("You are in as many rooms as this server allows; leave one first."));
    default:
      break;  // the list of rooms follows, and opens it
  }
}

void Session::on(const client::ItemsChanged& notice) { items_.on(notice); }
void Session::on(const client::ItemPut& notice) { items_.on(notice); }

/// Of a room that the user is not in: "INVITER SEQ TITLE".
void Session::item_changed(const wire::Item& item) {
  if (item.kind != wire::ItemKind::Invitation) return;
  const RoomId room(QString::fromStdString(item.key).toULongLong());
  const QString value = QString::fromStdString(item.value);
  if (value.isEmpty()) return clear_invitation(room);
  set_invitation(room, value.section(QLatin1Char(' '), 2), UserId(value.section(QLatin1Char(' '), 0, 0).toULongLong()));
}

void Session::draft_changed_elsewhere(const wire::Item& item, const std::string& before) {
  if (item.kind != wire::ItemKind::Draft) return;
  const RoomId room(QString::fromStdString(item.key).toULongLong());
  if (room_ && room_->id() == room) {
    return room_->offer_draft(QString::fromStdString(item.value), QString::fromStdString(before), item.version);
  }
  cache_.write({.ops = {OfferDraft{room, item.value, before, item.version}}});
}

void Session::on(const client::PresenceSeen& notice) {
  for (const wire::UserPresence& each : notice.changed->users) {
    const Presence state = each.state == wire::PresenceState::Online ? Presence::Online
                           : each.state == wire::PresenceState::Away ? Presence::Away
                                                                     : Presence::Offline;
    directory_.set_presence(each.user, state, to_ms(each.last_seen));
  }
}

void Session::on(const client::ReceiptsSeen& notice) {
  if (!room_ || room_->id() != notice.receipts->room) return;
  for (const wire::MemberReceipt& each : notice.receipts->members) {
    if (each.user != host_.me()) room_->timeline()->set_receipt(each.user, each.delivered, each.read);
  }
}

void Session::set_invitation(RoomId room, const QString& title, UserId inviter) {
  invitations_.put({{QStringLiteral("room"), QString::number(room.value)},
                    {QStringLiteral("title"), title},
                    {QStringLiteral("inviter"), directory_.name(inviter)}});
}

void Session::clear_invitation(RoomId room) { invitations_.remove(QString::number(room.value)); }

}  // namespace starling::qt
