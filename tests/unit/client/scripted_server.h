// One session, driven by a script: the test plays the server, the transport, the storage and the clock.
#pragma once

#include <gtest/gtest.h>

#include <initializer_list>
#include <string>
#include <vector>

#include "common/client/session.h"
#include "common/wire/close_code.h"
#include "common/wire/limits.h"

namespace starling::client::testing {

inline constexpr RoomId kRoom{0x10};
inline constexpr RoomId kOther{0x20};
inline constexpr UserId kMe{7};
inline constexpr DeviceId kDevice{70};
inline constexpr UserId kSomebody{8};

/// Event `seq` of the room, by somebody.
wire::Event event(RoomId room, std::uint64_t seq, std::uint32_t epoch = 1);
/// Fold of events 1..seq of the room.
PrefixHash hash_at(RoomId room, std::uint64_t seq, std::uint32_t epoch = 1);
wire::Cursor cursor_at(RoomId room, std::uint64_t seq, std::uint32_t epoch = 1);

/// The answer after a loss by policy: on with event `head` of the room's second epoch.
wire::SyncedRoom epoch_reset(std::uint32_t next_cseq, std::uint64_t head = 3);

/// What the session has put out, with the pointed-to frames copied.
struct Seen {
  std::vector<wire::ClientFrame> frames;
  std::vector<Output::Link> links;
  std::vector<std::uint32_t> nodes;  // that connections are to be made to
  std::vector<std::uint16_t> close_codes;
  std::vector<PersistOp> persists;
  std::vector<wire::Event> applied;
  std::vector<Settled> settled;
  std::vector<Renumbered> renumbered;
  std::vector<RoomReset> resets;
  std::vector<wire::SyncedRoom> synced;
  std::vector<wire::Head> heads;
  std::vector<wire::RoomInfo> listed;
  std::vector<wire::RoomChanged> changed;
  std::vector<RoomId> left;
  std::vector<wire::RoomCreated> made;
  std::vector<wire::RoomJoined> joined;
  std::vector<wire::Items> items;
  std::vector<wire::ItemPut> puts;
  std::vector<wire::HistoryPage> pages;
  std::vector<PageFailed> failed_pages;
  std::vector<wire::ReadMarked> read_marks;
  std::vector<wire::TypingNotice> typing;
  std::vector<Welcomed> welcomes;
  std::vector<wire::Error> errors;
  std::vector<wire::PresenceChanged> presence;
  std::vector<wire::Receipts> receipts;
  std::vector<StateChanged> states;
  std::vector<FatalReason> fatals;
  std::vector<Held> held;

  /// The frames of one type, in order.
  template <class Frame>
  std::vector<Frame> all() const {
    std::vector<Frame> found;
    for (const auto& frame : frames) {
      if (const auto* each = std::get_if<Frame>(&frame)) found.push_back(*each);
    }
    return found;
  }
  template <class Op>
  std::vector<Op> all_persisted() const {
    std::vector<Op> found;
    for (const auto& op : persists) {
      if (const auto* each = std::get_if<Op>(&op)) found.push_back(*each);
    }
    return found;
  }
  std::vector<std::uint64_t> applied_seqs() const;
  /// The cseqs of the Send frames.
  std::vector<std::uint32_t> sent() const;
};

class ScriptedServer {
 public:
  explicit ScriptedServer(Settings settings = {}, std::uint64_t seed = 1);

  Session& session() { return session_; }
  /// What was put out since the last call.
  Seen take();
  Instant now() const { return now_; }

  // ---- the transport
  void start();
  void connect(std::string token = "token", std::string ticket = "");
  void disconnect(std::uint16_t code = wire::close_code::kNone);
  /// The connection breaks, and the session is welcomed on another one.
  void reconnect();
  void receive(const wire::ServerFrame& frame);

  // ---- the clock
  /// Time goes on; the session is called at each of its deadlines.
  void pass(Duration time);
  /// As `pass`, while the server says something now and then, so that the connection counts as alive.
  void pass_with_chatter(Duration time);

  // ---- the storage
  /// From now on nothing becomes durable until persist_all().
  void hold_persists() { hold_persists_ = true; }
  void persist_all();

  // ---- the application
  Sent send(RoomId room, std::string body);
  template <class Command>
  auto command(Command&& command) {
    auto result = command(session_, now_, out_);
    collect();
    return result;
  }

  // ---- scripts
  /// Start, connect, Welcome; the device is a member of `rooms`, each live at (epoch 1, seq `at`).
  void bring_online(std::initializer_list<RoomId> rooms = {kRoom}, std::uint64_t at = 0);
  void welcome(std::uint64_t rooms_version = 1);
  void list(std::initializer_list<RoomId> rooms, std::uint64_t version = 1);
  /// Each room of the Syncs in `seen` goes on where it asks to.
  void answer_live(const Seen& seen);
  void answer(wire::SyncedRoom answer);
  void result(wire::SendResult result);
  void accept(RoomId room, std::uint32_t cseq, std::uint64_t seq, std::uint32_t epoch = 1);
  void deliver(RoomId room, std::uint64_t first, std::uint64_t last, std::uint32_t epoch = 1);

 private:
  void collect();

  Settings settings_;
  HeapLender lender_;
  Session session_;
  Output out_;
  Seen seen_;
  Instant now_{std::chrono::hours(1)};
  std::uint64_t issued_ = 0;
  bool hold_persists_ = false;
};

}  // namespace starling::client::testing
