// The person at a device: what it sees of its rooms and does in them, and how long it waits for what. Knows an engine and
// nothing of the world behind it, so that the same people live in the real world and in the simulated one.
#pragma once

#include <cstdint>
#include <vector>

#include "common/client/session.h"
#include "loadsim/people/company.h"
#include "loadsim/people/room_views.h"
#include "loadsim/users/persona.h"

namespace starling::people {

/// Every room has had its answer on this connection.
bool is_live(const client::Session& session);

/// Owner: its device.
class Person {
 public:
  Person(Company& company, std::uint32_t index);

  /// The views and the figures follow what the engine says.
  void observe(const client::Notice& notice, const client::Session& session, Instant now);
  /// The engine has asked for a connection.
  void connecting(Instant now) { connecting_since_ = now; }
  /// The application died.
  void crashed();

  Company& company() const { return *company_; }
  const users::Persona& persona() const { return *persona_; }
  std::uint32_t index() const { return index_; }
  DeviceId device() const { return device_; }
  /// The device goes on under another id.
  void renamed(DeviceId device) { device_ = device; }
  /// Welcomed, and not lost since.
  bool online() const { return online_; }
  RoomViews& views() { return views_; }
  const RoomViews& views() const { return views_; }

  /// The room that is open on the screen; none when there is no room at all.
  RoomId open_room() const { return open_; }
  void open(RoomId room) { open_ = room; }
  /// A send was handed to the engine.
  void sent(ClientMsgId id, Instant intended) { waiting_.push_back({id, intended}); }
  std::uint32_t next_number() { return ++number_; }
  std::uint32_t next_draw() { return ++draws_; }

 private:
  struct Waiting {
    ClientMsgId id;
    Instant intended;
  };

  void on(const client::Applied& notice, const client::Session& session, Instant now);
  void on(const client::Settled& notice, const client::Session& session, Instant now);
  void on(const client::RoomReset& notice, const client::Session& session, Instant now);
  void on(const client::RoomSynced& notice, const client::Session& session, Instant now);
  void on(const client::RoomMade& notice, const client::Session& session, Instant now);
  void on(const client::Welcomed& notice, const client::Session& session, Instant now);
  void on(const client::StateChanged& notice, const client::Session& session, Instant now);
  void on(const client::PageRead& notice, const client::Session& session, Instant now);
  void on(const client::PageFailed& notice, const client::Session& session, Instant now);
  void on(const client::Typing& notice, const client::Session& session, Instant now);
  void on(const client::ServerError& notice, const client::Session& session, Instant now);
  void on(const client::Fatal& notice, const client::Session& session, Instant now);
  void on(const auto&, const client::Session&, Instant) {}
  void back_again(const client::Session& session, Instant now);

  Company* company_;
  const users::Persona* persona_;
  RoomViews views_;
  std::vector<Waiting> waiting_;
  DeviceId device_;
  RoomId open_;
  Instant connecting_since_{};
  Instant lost_at_ = kNever;  // kNever: has not lost a connection that it wants back
  std::uint32_t index_;
  std::uint32_t number_ = 0;
  std::uint32_t draws_ = 0;
  bool online_ = false;
};

}  // namespace starling::people
