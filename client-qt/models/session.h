// One signed-in account with all that pages show of it.
#pragma once

#include <QObject>
#include <memory>
#include <optional>
#include <vector>

#include "client-qt/account/api.h"
#include "client-qt/account/grant.h"
#include "client-qt/account/server_address.h"
#include "client-qt/cache/cache.h"
#include "client-qt/models/account.h"
#include "client-qt/models/connection.h"
#include "client-qt/models/directory.h"
#include "client-qt/models/folders.h"
#include "client-qt/models/items.h"
#include "client-qt/models/notification_settings.h"
#include "client-qt/models/people_model.h"
#include "client-qt/models/public_rooms_model.h"
#include "client-qt/models/quick_switcher_model.h"
#include "client-qt/models/room.h"
#include "client-qt/models/room_book.h"
#include "client-qt/models/room_list_model.h"
#include "client-qt/models/search_model.h"
#include "client-qt/session/session_host.h"

namespace starling::qt {

/// How a session is let in: by a fresh sign-in, by a token from elsewhere, or by what its file holds.
struct Entry {
  std::optional<Grant> grant;
  QByteArray token;
};

/// Owner: the app. `trust` outlives it.
class Session final : public QObject {
  Q_OBJECT
  Q_PROPERTY(starling::qt::Person* me READ me NOTIFY meChanged)
  Q_PROPERTY(starling::qt::RoomListModel* rooms READ rooms CONSTANT)
  Q_PROPERTY(starling::qt::NotificationSettings* notifications READ notifications CONSTANT)
  Q_PROPERTY(starling::qt::Folders* folders READ folders CONSTANT)
  Q_PROPERTY(starling::qt::RowsModel* invitations READ invitations CONSTANT)
  Q_PROPERTY(starling::qt::Room* room READ room NOTIFY roomChanged)
  Q_PROPERTY(starling::qt::SearchModel* search READ search CONSTANT)
  Q_PROPERTY(starling::qt::PeopleModel* people READ people CONSTANT)
  Q_PROPERTY(starling::qt::PublicRoomsModel* publicRooms READ publicRooms CONSTANT)
  Q_PROPERTY(starling::qt::QuickSwitcherModel* quick READ quick CONSTANT)
  Q_PROPERTY(starling::qt::Connection* connection READ connection CONSTANT)
  Q_PROPERTY(starling::qt::Account* account READ account CONSTANT)
  Q_PROPERTY(bool ready READ ready NOTIFY opened)
  Q_PROPERTY(bool signedOut READ signedOut NOTIFY signInNeeded)
  Q_PROPERTY(QString serverName READ serverName CONSTANT)

 public:
  Session(ServerAddress server, const QString& path, Trust* trust, QObject* parent = nullptr);
  ~Session() override;

  /// Opens the file, and then the connection. `opened` or `failedToOpen` follows.
  void begin(Entry entry);
  /// After signInNeeded. What waits is kept.
  void sign_in_again(const Grant& grant);
  /// Tells the server, and forgets the tokens; history and what waits stay in the file.
  void sign_out();

  Person* me() { return directory_.person(host_.me()); }
  RoomListModel* rooms() { return room_list_.get(); }
  NotificationSettings* notifications() { return &notifications_; }
  Folders* folders() { return &folders_; }
  RowsModel* invitations() { return &invitations_; }
  Room* room() { return room_.get(); }
  SearchModel* search() { return &search_; }
  PeopleModel* people() { return &people_; }
  PublicRoomsModel* publicRooms() { return &public_rooms_; }
  QuickSwitcherModel* quick() { return &quick_; }
  Connection* connection() { return &connection_; }
  Account* account() { return &account_; }
  bool ready() const { return ready_; }
  bool signedOut() const { return signed_out_; }
  QString serverName() const { return server_.name(); }
  const ServerAddress& server() const { return server_; }
  SessionHost& host() { return host_; }
  RoomBook& book() { return book_; }
  Directory& directory() { return directory_; }
  Context context() { return {&host_, &cache_, &api_, &directory_, &book_, &items_, &folders_}; }

  Q_INVOKABLE void openRoom(const QString& roomId);
  Q_INVOKABLE void closeRoom();
  Q_INVOKABLE void muteRoom(const QString& roomId, bool muted);
  Q_INVOKABLE void openDirect(const QString& userId);
  Q_INVOKABLE void createRoom(const QString& title, bool isPublic, const QStringList& memberIds);
  Q_INVOKABLE void joinRoom(const QString& roomId);
  Q_INVOKABLE void joinByLink(const QString& text);
  Q_INVOKABLE void acceptInvitation(const QString& roomId);
  Q_INVOKABLE void declineInvitation(const QString& roomId);

 signals:
  void opened();
  void failedToOpen(const QString& text);
  /// The file could not be used; a new one was begun.
  void startedAfresh(const QString& text);
  /// Whatever its answer was.
  void signedOutOnServer();
  void meChanged();
  void roomChanged();
  void signInNeeded(const QString& code, const QString& text);
  void failed(const QString& text);
  /// A message of somebody else that calls for attention.
  void notify(const QString& roomId, const QString& title, const QString& text);

 private:
  void started(const Opened& opened, const Entry& entry);
  void store_account(const char* key, const QByteArray& value);

  // session_notices.cpp: what the server says that is not a room's log
  void notice(const client::Notice& notice);
  void on(const client::RoomMade& notice);
  void on(const client::Applied& notice);
  void on(const client::RoomLeft& notice);
  void tell(const wire::Event& message);
  void tell_of(UserId sender);
  void on(const client::Welcomed& notice);
  void on(const client::RoomJoined& notice);
  void on(const client::ItemsChanged& notice);
  void on(const client::ItemPut& notice);
  void on(const client::PresenceSeen& notice);
  void on(const client::ReceiptsSeen& notice);
  void item_changed(const wire::Item& item);
  void draft_changed_elsewhere(const wire::Item& item, const std::string& before);
  void refused(const RefusedRow& row);
  void on(const auto&) {}
  void join(RoomId room);
  void set_invitation(RoomId room, const QString& title, UserId inviter);
  void clear_invitation(RoomId room);

  ServerAddress server_;
  Cache cache_;
  Api api_;
  SessionHost host_;
  Directory directory_;
  ItemBook items_;
  Folders folders_;
  NotificationSettings notifications_;
  RoomBook book_;
  Connection connection_;
  Account account_;
  SearchModel search_;
  PeopleModel people_;
  PublicRoomsModel public_rooms_;
  QuickSwitcherModel quick_;
  RowsModel invitations_;
  std::unique_ptr<RoomListModel> room_list_;
  std::unique_ptr<Room> room_;
  std::vector<wire::Event> nameless_;  // news whose senders are not known yet
  RoomId wanted_;                      // opened as soon as it is known
  std::uint64_t creating_ = 0;
  bool create_public_ = false;
  bool ready_ = false;
  bool signed_out_ = false;
};

}  // namespace starling::qt
