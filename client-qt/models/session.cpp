#include "client-qt/models/session.h"

#include <QJsonObject>
#include <utility>

namespace starling::qt {

Session::Session(ServerAddress server, const QString& path, Trust* trust, QObject* parent)
    : QObject(parent),
      server_(std::move(server)),
      cache_(path),
      api_(server_.http, trust),
      host_(server_, &api_, &cache_, trust),
      directory_(&api_, &cache_),
      items_(&host_),
      folders_(&host_, &items_),
      notifications_(&items_),
      book_(&host_, &items_, &folders_),
      connection_(&host_),
      account_(context()),
      search_(context()),
      people_(context()),
      public_rooms_(context()),
      quick_(context()),
      invitations_({"room", "title", "inviter"}, "room"),
      room_list_(std::make_unique<RoomListModel>(context())) {
  connect(&host_, &SessionHost::noticed, this, &Session::notice);
  connect(&connection_, &Connection::changed, this, [this] {
    // The server tells of others only.
    const bool online = host_.connection().phase == ConnectionState::Phase::Online;
    if (host_.me()) directory_.set_presence(host_.me(), online ? Presence::Online : Presence::Offline, 0);
  });
  connect(&items_, &ItemBook::changed, this, &Session::item_changed);
  connect(&items_, &ItemBook::changed_elsewhere, this, &Session::draft_changed_elsewhere);
  connect(&directory_, &Directory::changed, this, &Session::tell_of);
  connect(&items_, &ItemBook::failed, this, &Session::failed);
  connect(&folders_, &Folders::failed, this, &Session::failed);
  connect(&book_, &RoomBook::removed, this,
          [this](RoomId room) { folders_.move(QString::number(room.value), QString()); });
  connect(&host_, &SessionHost::refusal, this, &Session::refused);
  connect(&host_, &SessionHost::signInNeeded, this, [this](const QString& code, const QString& text) {
    signed_out_ = true;
    emit signInNeeded(code, text);
  });
  connect(&api_.credentials(), &Credentials::granted, this, [this](const Grant& grant) {
    store_account("refresh_token", grant.refresh_token);
    store_account("handle", grant.handle.toUtf8());
  });
}

Session::~Session() { room_.reset(); }

void Session::store_account(const char* key, const QByteArray& value) {
  cache_.write({.ops = {StoreAccount{key, value.toStdString()}}});
}

void Session::begin(Entry entry) {
  cache_.open([this, entry = std::move(entry)](const Result<Opened, CacheError>& opened) {
    if (!opened) return emit failedToOpen(opened.error().text);
    started(*opened, entry);
  });
}

void Session::started(const Opened& opened, const Entry& entry) {
  const Snapshot& snapshot = opened.snapshot;
  host_.restore(snapshot);
  directory_.restore(snapshot.profiles);
  items_.restore(snapshot.items);
  folders_.restore(snapshot);
  book_.restore(snapshot);
  notifications_.restore();
  for (const auto& [room, invitation] : items_.all(wire::ItemKind::Invitation)) {
    item_changed({.kind = wire::ItemKind::Invitation, .key = room, .value = invitation});
  }
  room_list_->reload();
  ready_ = true;
  emit meChanged();
  emit this->opened();
  if (opened.trouble) {
    emit startedAfresh(
        opened.set_aside.isEmpty()
            ? tr("%1 A new one was begun for this window.").arg(opened.trouble->text)
            : tr("%1 It was kept as %2, and a new one was begun. Messages that waited in it were not sent.")
                  .arg(opened.trouble->text, opened.set_aside));
  }
  store_account("server", server_.http.toString().toUtf8());
  if (!entry.token.isEmpty()) {
    api_.credentials().set_fixed_token(entry.token);
    return host_.start();
  }
  if (entry.grant) return sign_in_again(*entry.grant);
  const auto token = snapshot.account.find("refresh_token");
  if (token == snapshot.account.end() || token->second.empty()) {
    signed_out_ = true;
    return emit signInNeeded(QStringLiteral("signed_out"), tr("Sign in to go on."));
  }
  api_.credentials().set_refresh_token(QByteArray::fromStdString(token->second));
  host_.start();
}

void Session::sign_in_again(const Grant& grant) {
  signed_out_ = false;
  api_.credentials().set_grant(grant);
  const DeviceId before = host_.engine().device();
  if (before && before != grant.device) {
    host_.go_on_as_new_device();
  } else {
    host_.start();
  }
}

void Session::sign_out() {
  // The answer does not matter: the tokens are forgotten, and the server's word ends the device when it hears of it.
  api_.call("POST", QStringLiteral("/v1/logout"), {}, this, [this](const HttpReply&) { emit signedOutOnServer(); });
  host_.stop();
  store_account("refresh_token", {});
  closeRoom();
}

// ---- rooms

void Session::openRoom(const QString& roomId) {
  const RoomId id(roomId.toULongLong());
  if (room_ && room_->id() == id) return;
  if (book_.find(id) == nullptr) {
    wanted_ = id;
    return;
  }
  wanted_ = {};
  if (room_) room_.release()->deleteLater();  // pages let go of it when they hear of the new one
  room_ = std::make_unique<Room>(context(), id);
  connect(room_.get(), &Room::failed, this, &Session::failed);
  room_list_->set_active(id);
  room_->open();
  emit roomChanged();
}

void Session::closeRoom() {
  if (!room_) return;
  room_.release()->deleteLater();
  room_list_->set_active({});
  emit roomChanged();
}

/// Here at once, and on the user's other devices.
void Session::muteRoom(const QString& roomId, bool muted) {
  items_.put(wire::ItemKind::Mute, roomId.toStdString(), muted ? "always" : "");
}

void Session::openDirect(const QString& userId) {
  const UserId user(userId.toULongLong());
  if (const RoomSummary* room = book_.direct_with(user)) return openRoom(QString::number(room->room.value));
  const auto asked = host_.create_room(wire::RoomKind::Direct, {}, {user});
  if (!asked) return emit failed(tr(describe(asked.error())));
  creating_ = *asked;
  create_public_ = false;
}

void Session::createRoom(const QString& title, bool isPublic, const QStringList& memberIds) {
  std::vector<UserId> members;
  for (const QString& id : memberIds) members.emplace_back(id.toULongLong());
  const auto asked = host_.create_room(wire::RoomKind::Group, title.trimmed().toStdString(), std::move(members));
  if (!asked) return emit failed(tr(describe(asked.error())));
  creating_ = *asked;
  create_public_ = isPublic;
}

void Session::joinRoom(const QString& roomId) { join(RoomId(roomId.toULongLong())); }
void Session::acceptInvitation(const QString& roomId) { join(RoomId(roomId.toULongLong())); }

void Session::joinByLink(const QString& text) {
  const std::optional<InviteLink> link = parse_invite(text);
  if (!link) return emit failed(tr("That is no invitation: it looks like starling://server/invite/CODE."));
  if (!link->server.isEmpty() &&
      trust_name(server_.http) != trust_name(QUrl(server_.http.scheme() + "://" + link->server))) {
    return emit failed(tr("That invitation is for another server: %1.").arg(link->server));
  }
  api_.call("POST", QStringLiteral("/v1/join/") + link->code, {}, this, [this](const HttpReply& reply) {
    if (!reply.ok()) return emit failed(reply.text);
    join(RoomId(id_of(reply.body.value(QLatin1String("room")))));
  });
}

}  // namespace starling::qt
