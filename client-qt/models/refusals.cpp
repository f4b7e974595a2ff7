#include "client-qt/models/refusals.h"

#include <QObject>

#include "common/wire/mentions.h"

namespace starling::qt {
namespace {

QString tr(const char* text) { return QObject::tr(text); }

QString what(wire::EventKind kind) {
  switch (kind) {
    case wire::EventKind::Message:
      return tr("Not sent");
    case wire::EventKind::Edit:
      return tr("Not changed");
    case wire::EventKind::Delete:
      return tr("Not deleted");
    case wire::EventKind::ReactionAdd:
      return tr("Reaction not added");
    case wire::EventKind::ReactionRemove:
      return tr("Reaction not taken back");
    case wire::EventKind::MemberAdd:
      return tr("The role stays as it was");
    case wire::EventKind::MemberRemove:
      return tr("Not removed");
    case wire::EventKind::RoomTitle:
      return tr("The name stays as it was");
    case wire::EventKind::RoomTopic:
      return tr("The topic stays as it was");
    case wire::EventKind::RoomVisibility:
      return tr("Who may join stays as it was");
    case wire::EventKind::RoomHistory:
      return tr("What new members can read stays as it was");
    case wire::EventKind::Pin:
      return tr("Not pinned");
    case wire::EventKind::Unpin:
      return tr("Still pinned");
    case wire::EventKind::MemberInvite:
      return tr("Not invited");
    case wire::EventKind::MemberMute:
      return tr("Not muted");
    case wire::EventKind::MemberUnmute:
      return tr("Still muted");
    case wire::EventKind::MemberBan:
      return tr("Not banned");
    case wire::EventKind::MemberUnban:
      return tr("Still banned");
  }
  return {};
}

QString silenced(bool direct) {
  return direct ? tr("one of you has blocked the other") : tr("a moderator has muted you here");
}

/// As server/ports/authorize.h decides.
QString why_forbidden(const wire::Send& send, bool direct) {
  if (!direct && wire::mentions_room(send.kind, send.body)) {
    return tr("only moderators may call everybody with @room");
  }
  switch (send.kind) {
    case wire::EventKind::Message:
    case wire::EventKind::ReactionAdd:
    case wire::EventKind::ReactionRemove:
      return silenced(direct);
    case wire::EventKind::Edit:
      return tr("only who wrote it may change it, and nobody who is muted");
    case wire::EventKind::Delete:
      return direct ? tr("only who wrote it may delete it") : tr("only who wrote it and moderators may delete it");
    case wire::EventKind::Pin:
    case wire::EventKind::Unpin:
      return direct ? silenced(direct) : tr("only moderators may pin");
    case wire::EventKind::MemberInvite:
      return tr("only moderators may invite, and nobody who is banned or here already");
    case wire::EventKind::MemberAdd:
    case wire::EventKind::MemberRemove:
    case wire::EventKind::MemberMute:
    case wire::EventKind::MemberUnmute:
    case wire::EventKind::MemberBan:
    case wire::EventKind::MemberUnban:
      return tr("only moderators may, with those whom they outrank");
    case wire::EventKind::RoomTitle:
    case wire::EventKind::RoomTopic:
      return tr("only moderators may change it");
    case wire::EventKind::RoomVisibility:
    case wire::EventKind::RoomHistory:
      return tr("only admins and owners may change it");
  }
  return {};
}

QString why(const RefusedRow& row, bool direct) {
  switch (row.status) {
    case wire::SendStatus::Forbidden:
      return why_forbidden(row.send, direct);
    case wire::SendStatus::NoSuchRoom:
      return tr("the room is gone");
    case wire::SendStatus::TooManyRooms:
      return tr("they are in as many rooms as this server allows");
    case wire::SendStatus::Conflict:
      return tr("this device exists twice");
    case wire::SendStatus::Accepted:
    case wire::SendStatus::Duplicate:
    case wire::SendStatus::Rejected:
    case wire::SendStatus::RejectedBefore:
    case wire::SendStatus::OutOfOrder:
    case wire::SendStatus::StaleEpoch:
    case wire::SendStatus::Busy:
      break;
  }
  return row.send.target || row.send.thread ? tr("the message that it is about is not there any more")
                                            : tr("the server does not take it as it is");
}

}  // namespace

QString refusal_text(const RefusedRow& row, bool direct) {
  return QObject::tr("%1: %2.").arg(what(row.send.kind), why(row, direct));
}

}  // namespace starling::qt
