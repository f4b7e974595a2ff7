// The client's protocol engine: inputs go in with the time, values come out in an Output. No I/O, no clock, no entropy,
// no lock. It speaks frames, not bytes, so QWebSocket, common/ws or a simulated link can lie below it.
//
// A driver
//   1. restores what it stored (restore_*), then calls start();
//   2. on Output::Link::Connect opens a connection and reports on_connected() or on_disconnected(), once each;
//   3. hands received frames to on_frame(), in order; sends Output::frames, in order;
//   4. stores Output::persists and reports on_persisted();
//   5. calls on_time() once next_deadline() has come.
// An Output may collect several calls only as long as the frames it points into live and link stays Keep.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "common/base/result.h"
#include "common/base/rng.h"
#include "common/base/time.h"
#include "common/client/deliveries.h"
#include "common/client/link.h"
#include "common/client/outbox.h"
#include "common/client/output.h"
#include "common/client/requests.h"
#include "common/client/room_table.h"
#include "common/client/settings.h"
#include "common/client/sync_pacer.h"
#include "common/client/watches.h"

namespace starling::client {

enum class CommandError : std::uint8_t {
  UnknownRoom = 1,  // neither listed by the server nor restored
  TooLarge = 2,     // the body, title or list is beyond common/wire/limits.h
  BadText = 3,      // an emoji or a title that is not UTF-8
  Full = 4,         // the outbox or the request table is
  Offline = 5,      // a request that only makes sense on a connection
};

struct Draft {
  wire::EventKind kind = wire::EventKind::Message;
  Seq target;
  Seq thread;
  UserId subject;
  wire::Role role = wire::Role::None;
  std::string body;
};

struct Sent {
  Cseq cseq;
  ClientMsgId client_msg_id;
};

/// What odd things were seen; they only grow, and wrap.
struct SessionCounters {
  std::uint32_t redelivered = 0;      // events at or below the cursor, dropped
  std::uint32_t gaps = 0;             // events beyond the next one, not applied, repaired by a Sync
  std::uint32_t results_ignored = 0;  // send results for nothing in the outbox
  std::uint32_t replayed = 0;         // sends repeated
};

/// Owner: one thread, the driver's.
class Session {
 public:
  /// `settings` and `lender` outlive the session. `seed` is from a good source of entropy: it mints client_msg_ids.
  Session(const Settings& settings, RoomLender& lender, std::uint64_t seed);
  ~Session();
  Session(Session&&) noexcept;

  // ---- before start()

  /// The device that the restored outbox was written for, and the versions of the restored room list and items.
  void restore_device(DeviceId device, std::uint64_t rooms_version, std::uint64_t items_version = 0);
  void restore_room(const RoomState& state);
  /// Entries of a room in the order of their cseq. Their room has been restored.
  void restore_outbox(wire::Send send);

  // ---- the driver's events

  void start(Instant now, Output& out);
  /// `ticket` is of the last Welcomed, or empty. `token` is the access token.
  void on_connected(std::string_view token, std::string_view ticket, Instant now, Output& out);
  void on_frame(const wire::ServerFrame& frame, Instant now, Output& out);
  /// The connection ended, or could not be made. `code`: of the close frame; 0 when there was none.
  void on_disconnected(std::uint16_t code, Instant now, Output& out);
  void on_persisted(std::uint64_t token, Instant now, Output& out);
  void on_time(Instant now, Output& out);
  /// kNever when nothing waits.
  Instant next_deadline() const;

  // ---- commands

  Result<Sent, CommandError> send(RoomId room, Draft draft, Instant now, Output& out);
  /// Returns the request id; the answer is a RoomMade. Repeated on new connections until it is answered.
  Result<std::uint64_t, CommandError> create_room(wire::RoomKind kind, std::string title, std::vector<UserId> members,
                                                  Instant now, Output& out);
  /// Joins a public room or accepts an invitation; or declines it. Returns the request id; the answer is a RoomJoined.
  Result<std::uint64_t, CommandError> join_room(RoomId room, bool decline, Instant now, Output& out);
  /// Sets an item of the user that is at version `base` (0: absent). Returns the request id; the answer is an ItemPut.
  Result<std::uint64_t, CommandError> put_item(wire::ItemKind kind, std::string key, std::string value,
                                               std::uint64_t base, Instant now, Output& out);
  /// Returns the request id; the answer is a PageRead or a PageFailed.
  Result<std::uint32_t, CommandError> read_history(RoomId room, Seq from, bool backward, std::uint32_t limit,
                                                   Instant now, Output& out);
  /// A max-register: kept and repeated on new connections until the server has it.
  Result<void, CommandError> mark_read(RoomId room, Seq seq, std::uint64_t msg_no, Instant now, Output& out);
  void typing(RoomId room, Instant now, Output& out);
  Result<void, CommandError> set_mode(RoomId room, wire::SyncMode mode, Instant now, Output& out);
  /// Whose presence is shown where the room is, in place of what was said of the room before; nobody: it is not shown.
  /// `receipts`: how far its members have come, too. Said again on new connections.
  Result<void, CommandError> watch(RoomId room, std::vector<UserId> users, bool receipts, Output& out);
  /// The person has gone away from this device, or is back. Said again on new connections.
  void set_away(bool away, Output& out);
  /// Ends the connection; start() begins anew.
  void stop(Output& out);

  // ---- what is

  LinkState state() const { return link_.state(); }
  DeviceId device() const { return device_; }
  UserId user() const { return user_; }
  std::uint64_t rooms_version() const { return rooms_version_; }
  std::uint64_t items_version() const { return items_version_; }
  const RoomTable& rooms() const { return rooms_; }
  const Outbox& outbox() const { return outbox_; }
  const SessionCounters& counters() const { return counters_; }

 private:
  void handle(const wire::Welcome& frame, Instant now, Output& out);
  void handle(const wire::RoomList& frame, Instant now, Output& out);
  void handle(const wire::RoomChanged& frame, Instant now, Output& out);
  void handle(const wire::Synced& frame, Instant now, Output& out);
  void handle(const wire::Event& frame, Instant now, Output& out);
  void handle(const wire::Head& frame, Instant now, Output& out);
  void handle(const wire::SendResult& frame, Instant now, Output& out);
  void handle(const wire::HistoryPage& frame, Instant now, Output& out);
  void handle(const wire::ReadMarked& frame, Instant now, Output& out);
  void handle(const wire::TypingNotice& frame, Instant now, Output& out);
  void handle(const wire::RoomCreated& frame, Instant now, Output& out);
  void handle(const wire::RoomJoined& frame, Instant now, Output& out);
  void handle(const wire::Items& frame, Instant now, Output& out);
  void handle(const wire::ItemPut& frame, Instant now, Output& out);
  void handle(const wire::Reconnect& frame, Instant now, Output& out);
  void handle(const wire::Error& frame, Instant now, Output& out);
  void handle(const wire::PresenceChanged& frame, Instant now, Output& out);
  void handle(const wire::Receipts& frame, Instant now, Output& out);

  void connect(Instant now, Output& out);
  void drop_connection(std::uint16_t code, Instant now, Output& out);
  void stop_for_good(FatalReason reason, Output& out);
  void connection_lost(Output& out);
  bool awaits_answer() const;
  void heard(Instant now);
  /// Call before something goes out that is to be answered.
  void begin_waiting(Instant now);
  Instant silence_deadline() const;
  std::uint64_t persist(PersistOp op, Output& out);

  std::uint32_t member_joined(RoomId room, Output& out);
  void member_left(std::uint32_t i, Instant now, Output& out);

  void want_sync(std::uint32_t i);
  void want_again(SyncState was);
  void send_syncs(Instant now, Output& out);
  bool busy(std::uint64_t request_id, bool is_busy, std::uint32_t retry_after_ms, Instant now);
  void put_off_sync(std::uint32_t i, SyncState as, Duration delay, Instant now);
  bool synced_room(std::uint32_t i, const wire::SyncedRoom& answer, Instant now, Output& out);
  bool follow_epoch(std::uint32_t i, const wire::SyncedRoom& answer, Instant now, Output& out);
  bool reset_room(std::uint32_t i, const wire::SyncedRoom& answer, wire::ResetReason reason, const wire::Cursor& start,
                  Instant now, Output& out);
  void apply(std::uint32_t i, const wire::Event& event, Instant now, Output& out);

  void send_outbox(RoomId room, Instant now, Output& out);
  void send_outbox_under(Epoch epoch, RoomId room, Instant now, Output& out);
  void send_outbox_if_any(RoomId room, Instant now, Output& out);
  void send_outboxes(Instant now, Output& out);
  /// Further than any log has come: what goes on from here is answered with the number that the log expects.
  static constexpr Cseq kBeyondAnyLog{1u << 31};
  bool renumber(std::uint32_t i, Cseq next, Instant now, Output& out);
  void settled(std::uint32_t i, const wire::Send& send, const wire::SendResult& result, Output& out);
  void stale_epoch(std::uint32_t i, Epoch epoch, Instant now, Output& out);

  const Settings* settings_;
  Rng rng_;
  RoomTable rooms_;
  Link link_;
  SyncPacer syncs_;
  Outbox outbox_;
  Deliveries deliveries_;
  Requests requests_;
  Watches watches_;
  UserId user_;
  DeviceId device_;
  std::uint64_t rooms_version_ = 0;
  std::uint64_t items_version_ = 0;
  Instant silent_since_{};  // the last frame, or the question after it that is still to be answered
  Instant typing_not_before_{};
  std::uint64_t persist_issued_ = 0;
  std::uint64_t persist_done_ = 0;
  SessionCounters counters_;
  bool unanswered_ = false;  // it waited for an answer when it looked last, and has heard nothing since
  bool listing_ = false;     // between the first and the last part of a RoomList
};
static_assert(sizeof(Session) <= 256);

}  // namespace starling::client
