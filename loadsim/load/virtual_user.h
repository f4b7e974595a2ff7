// One user on one device: the client's engine, what checks it, what it keeps, and what it sees. Does no I/O: a worker
// carries its Outputs out. Owner: one worker.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "common/client/session.h"
#include "loadsim/check/device_watch.h"
#include "loadsim/load/device_storage.h"
#include "loadsim/load/founding.h"
#include "loadsim/load/room_views.h"
#include "loadsim/load/user_world.h"
#include "loadsim/users/persona.h"

namespace starling::load {

class VirtualUser {
 public:
  VirtualUser(UserWorld& world, std::uint32_t index);

  /// Before the worker carries the output out: the checkers see it, the storage takes it, the figures are taken.
  void observe(const client::Output& out, Instant now);
  /// The application dies and begins anew with what its device had kept.
  void crash();
  /// Every room is followed wholly from now on, so that the final sweep can compare all of them.
  void follow_all(Instant now, client::Output& out);

  client::Session& session() { return *session_; }
  const client::Session& session() const { return *session_; }
  const check::DeviceWatch& watch() const { return watch_; }
  RoomViews& views() { return views_; }
  UserWorld& world() const { return *world_; }
  std::uint32_t index() const { return index_; }
  const users::Persona& persona() const { return *persona_; }
  const std::string& ticket() const { return ticket_; }
  /// Of crashed sessions too.
  client::SessionCounters odd() const;

  bool ready() const { return session_->state() == client::LinkState::Ready; }
  /// Every room has had its answer on this connection.
  bool live() const;
  /// Nothing is under way, as far as the device knows. `why` is what is.
  bool settled(const char** why = nullptr) const;

  void found(const std::vector<std::uint32_t>& rooms) { founding_ = std::make_unique<Founding>(rooms); }
  Founding* founding() { return founding_.get(); }
  const Founding* founding() const { return founding_.get(); }
  void founded() { founding_.reset(); }

  /// The room that is open on the screen; none when there is no room at all.
  RoomId open_room() const { return open_; }
  void open(RoomId room) { open_ = room; }
  /// A send was handed to the engine.
  void sent(ClientMsgId id, Instant intended) { waiting_.push_back({id, intended}); }
  std::uint32_t next_number() { return ++number_; }
  std::uint32_t next_draw() { return ++draws_; }
  /// Attempts to connect so far: they make the handshakes' keys differ.
  std::uint32_t connecting(Instant now) {
    connecting_since_ = now;
    return ++attempts_;
  }

 private:
  struct Waiting {
    ClientMsgId id;
    Instant intended;
  };

  void begin();
  void on(const client::Applied& notice, Instant now);
  void on(const client::Settled& notice, Instant now);
  void on(const client::RoomReset& notice, Instant now);
  void on(const client::RoomSynced& notice, Instant now);
  void on(const client::RoomMade& notice, Instant now);
  void on(const client::Welcomed& notice, Instant now);
  void on(const client::StateChanged& notice, Instant now);
  void on(const client::PageRead& notice, Instant now);
  void on(const client::PageFailed& notice, Instant now);
  void on(const client::Typing& notice, Instant now);
  void on(const client::PresenceSeen&, Instant) {}
  void on(const client::ReceiptsSeen&, Instant) {}
  void on(const client::Held&, Instant) {}
  void on(const client::ServerError& notice, Instant now);
  void on(const client::Fatal& notice, Instant now);
  void on(const client::Renumbered&, Instant) {}
  void on(const client::HeadMoved&, Instant) {}
  void on(const client::RoomsListed&, Instant) {}
  void on(const client::RoomChanged&, Instant) {}
  void on(const client::RoomLeft&, Instant) {}
  void on(const client::ReadMarked&, Instant) {}
  void on(const client::RoomJoined&, Instant) {}
  void on(const client::ItemsChanged&, Instant) {}
  void on(const client::ItemPut&, Instant) {}
  void back_again(Instant now);

  UserWorld* world_;
  const users::Persona* persona_;
  std::optional<client::Session> session_;
  check::DeviceWatch watch_;
  std::unique_ptr<DeviceStorage> storage_;  // none: a device that keeps nothing
  std::unique_ptr<Founding> founding_;      // none: makes no rooms
  RoomViews views_;
  std::vector<Waiting> waiting_;
  std::string ticket_;
  RoomId open_;
  Instant connecting_since_{};
  Instant lost_at_ = kNever;  // kNever: has not lost a connection that it wants back
  client::SessionCounters odd_before_;
  std::optional<client::FatalReason> gave_up_;
  std::uint32_t index_;
  std::uint32_t number_ = 0;
  std::uint32_t draws_ = 0;
  std::uint32_t attempts_ = 0;
  std::uint32_t lives_ = 0;
  bool was_ready_ = false;
};

}  // namespace starling::load
