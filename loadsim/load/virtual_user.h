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
#include "loadsim/load/user_world.h"
#include "loadsim/people/person.h"

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
  people::Person& person() { return person_; }
  std::uint32_t index() const { return person_.index(); }
  const users::Persona& persona() const { return person_.persona(); }
  const std::string& ticket() const { return ticket_; }
  /// Of crashed sessions too.
  client::SessionCounters odd() const;

  bool ready() const { return session_->state() == client::LinkState::Ready; }
  /// Every room has had its answer on this connection.
  bool live() const { return people::is_live(*session_); }
  /// Nothing is under way, as far as the device knows. `why` is what is.
  bool settled(const char** why = nullptr) const;

  void found(const std::vector<std::uint32_t>& rooms) { founding_ = std::make_unique<Founding>(rooms); }
  Founding* founding() { return founding_.get(); }
  const Founding* founding() const { return founding_.get(); }
  void founded() { founding_.reset(); }

  /// Attempts to connect so far: they make the handshakes' keys differ.
  std::uint32_t connecting(Instant now) {
    person_.connecting(now);
    return ++attempts_;
  }

 private:
  void begin();
  void on(const client::RoomMade& notice);
  void on(const client::Welcomed& notice);
  void on(const client::StateChanged& notice);
  void on(const client::Fatal& notice) { gave_up_ = notice.reason; }
  void on(const auto&) {}

  UserWorld* world_;
  people::Person person_;
  std::optional<client::Session> session_;
  check::DeviceWatch watch_;
  std::unique_ptr<DeviceStorage> storage_;  // none: a device that keeps nothing
  std::unique_ptr<Founding> founding_;      // none: makes no rooms
  std::string ticket_;
  client::SessionCounters odd_before_;
  std::optional<client::FatalReason> gave_up_;
  std::uint32_t attempts_ = 0;
  std::uint32_t lives_ = 0;
};

}  // namespace starling::load
