// One signed-in account at work: the engine, its connection, its storage and its credentials.
#pragma once

#include <QElapsedTimer>
#include <QObject>
#include <QTimer>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "client-qt/account/api.h"
#include "client-qt/account/server_address.h"
#include "client-qt/cache/cache.h"
#include "client-qt/session/connection_state.h"
#include "client-qt/session/frame_socket.h"
#include "client-qt/session/waiting.h"
#include "common/client/session.h"

namespace starling::qt {

/// Owner: the GUI's thread. Cache, api and trust outlive it.
class SessionHost final : public QObject {
  Q_OBJECT

 public:
  SessionHost(ServerAddress server, Api* api, Cache* cache, Trust* trust, QObject* parent = nullptr);

  /// What the cache held; once, before start().
  void restore(const Snapshot& snapshot);
  void start();
  void stop();
  void retry_now();
  /// After signInNeeded: goes on as the device that the credentials now name. Nothing that waits is lost.
  void go_on_as_new_device();

  // ---- commands; each is carried out before it returns

  /// The name under which the message is shown, once it is durable. `also` is stored in the same transaction.
  Result<ClientMsgId, client::CommandError> send(RoomId room, client::Draft draft, std::vector<CacheOp> also = {});
  Result<std::uint64_t, client::CommandError> create_room(wire::RoomKind kind, std::string title,
                                                          std::vector<UserId> members);
  Result<std::uint64_t, client::CommandError> join_room(RoomId room, bool decline);
  Result<std::uint64_t, client::CommandError> put_item(wire::ItemKind kind, std::string key, std::string value,
                                                       std::uint64_t base);
  /// Whose presence is shown where the room is, and whether its receipts are. Nobody and none: the room is not shown.
  void watch(RoomId room, std::vector<UserId> users, bool receipts);
  void set_away(bool away);
  Result<std::uint32_t, client::CommandError> read_history(RoomId room, Seq from, bool backward, std::uint32_t limit);
  void mark_read(RoomId room, Seq seq, std::uint64_t msg_no);
  void typing(RoomId room);
  void dismiss_refused(ClientMsgId id);

  // ---- what is
  const client::Session& engine() const { return *session_; }
  const Waiting& waiting() const { return waiting_; }
  /// Messages, and what was done to messages. The newest last.
  const std::vector<RefusedRow>& refused() const { return refused_; }
  /// Until when what waits in the room waits because the server is busy; 0: it does not.
  qint64 held_until_ms(RoomId room) const;
  UserId me() const { return session_->user() ? session_->user() : me_; }
  const ConnectionState& connection() const { return connection_; }
  Cache& cache() { return *cache_; }
  Api& api() { return *api_; }

 signals:
  /// Pointers in the notice die when the slot returns.
  void noticed(const starling::client::Notice& notice);
  /// A message is durable and waits: it may be shown.
  void queued(const starling::qt::OutboxRow& row);
  /// A message waits under another name: it was given to this device.
  void renamed(starling::RoomId room, starling::ClientMsgId from, starling::ClientMsgId to);
  /// A message need not wait any longer: the log has it from the earlier device.
  void found_in_log(starling::RoomId room, starling::ClientMsgId id);
  /// The log refused it. A message and what was to be done to one is kept in refused().
  void refusal(const starling::qt::RefusedRow& row);
  void connectionChanged();
  /// Only a sign-in helps. `code` is "signed_out", "device_conflict", "fenced" or "version".
  void signInNeeded(const QString& code, const QString& text);

 private:
  Instant now() const { return Instant(Duration(clock_.nsecsElapsed())); }
  static WallTime wall_now();
  void make_engine();
  void carry_out();
  void open_connection();
  void on_opened();
  void on_persisted(std::uint64_t token);
  void before_storing(const client::Notice& notice, Batch& batch);
  void before_telling(const client::Notice& notice);
  void arm();
  void set_connection(ConnectionState state);
  void on_state(const client::StateChanged& changed);
  void on_fatal(client::FatalReason reason);

  // session_orphans.cpp
  Result<ClientMsgId, client::CommandError> queue_behind_orphans(RoomId room, client::Draft draft,
                                                                 std::vector<CacheOp> also);
  void settle_orphans(RoomId room);
  void page_for_orphans(RoomId room, Seq below);
  void adopt(RoomId room, const std::vector<bool>& held);

  ServerAddress server_;
  Api* api_;
  Cache* cache_;
  client::Settings settings_;
  client::HeapLender lender_;
  std::unique_ptr<client::Session> session_;
  client::Output out_;
  std::vector<CacheOp> also_;  // goes into the next batch
  FrameSocket socket_;
  QTimer deadline_;
  QElapsedTimer clock_;
  UserId me_;
  QByteArray token_;    // of the attempt under way
  std::string ticket_;  // of the last Welcome
  WallTime ticket_expires_;
  QString why_;  // what the transport said last
  ConnectionState connection_;
  bool starting_ = false;       // a token is being fetched for a connection that the engine waits for
  bool token_renewed_ = false;  // since the last Welcome: what expires again at once is not asked for again at once

  Waiting waiting_;
  std::vector<RefusedRow> refused_;
  std::map<RoomId, std::pair<Seq, std::uint64_t>> read_;  // what this device has marked
  std::map<RoomId, Seq> orphans_after_;                   // adopted once the room's cursor is there
  std::map<RoomId, std::uint32_t> orphan_pages_;          // rooms being looked through, and the page asked for
  std::set<RoomId> log_begins_;                           // there is nothing older than what is cached
  std::uint64_t last_token_ = 0;
};

}  // namespace starling::qt
