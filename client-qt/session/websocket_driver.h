// Drives one client engine over QWebSocket: the engine decides, this carries out.
#pragma once

#include <QByteArray>
#include <QElapsedTimer>
#include <QObject>
#include <QTimer>
#include <QUrl>

#include "client-qt/session/frame_socket.h"
#include "common/client/session.h"

namespace starling::qt {

/// Keeps nothing on disk: the outbox lives as long as the object. Owner: the thread it was made on.
class WebSocketDriver final : public QObject {
  Q_OBJECT

 public:
  /// `url` is ws:// or wss://, up to and including /v1/ws. `token` is an access token.
  WebSocketDriver(QUrl url, QByteArray token, QObject* parent = nullptr);

  void start();
  void stop();

  /// Mints, queues and sends; the answer is a Settled notice.
  Result<client::Sent, client::CommandError> send(RoomId room, client::Draft draft);
  Result<std::uint64_t, client::CommandError> create_room(wire::RoomKind kind, std::string title,
                                                          std::vector<UserId> members);
  Result<void, client::CommandError> set_mode(RoomId room, wire::SyncMode mode);

  const client::Session& session() const { return session_; }

 signals:
  /// Pointers in the notice die when the slot returns.
  void noticed(const starling::client::Notice& notice);

 private:
  Instant now() const { return Instant(Duration(clock_.nsecsElapsed())); }
  void carry_out();

  QUrl url_;
  QByteArray token_;
  std::string ticket_;
  client::Settings settings_;
  client::HeapLender lender_;
  client::Session session_;
  client::Output out_;
  FrameSocket socket_;
  QTimer deadline_;
  QElapsedTimer clock_;
};

}  // namespace starling::qt
