// What a device keeps over a crash of its application: outbox and cursors, and the checker's memory of the same moment.
// A Persist is durable as soon as it is carried out. Flat and small: a worker holds thousands of these.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "common/client/session.h"
#include "loadsim/check/device_watch.h"

namespace starling::load {

class DeviceStorage {
 public:
  /// One transaction: everything of one Output. `watch` has seen the same output.
  void apply(std::span<const client::Persist> persists, const check::DeviceWatch& watch);
  /// Into a session that has not started, and into the watch that goes on watching it.
  void restore(client::Session& session, check::DeviceWatch& watch, DeviceId device) const;

 private:
  struct Room {
    client::RoomState state;
    check::RoomWatch watch;
  };

  Room& room(RoomId id);
  void put(const client::RoomState& state, const check::DeviceWatch& watch);
  void put(const client::PersistOutboxPut& put);
  void remove(const client::PersistOutboxRemove& remove);

  std::vector<Room> rooms_;         // by id
  std::vector<wire::Send> outbox_;  // in the order they were put
  std::uint64_t rooms_version_ = 0;
  std::uint64_t items_version_ = 0;
};

}  // namespace starling::load
