// A client's storage on disk: what a restarted application finds. Changes reach it as the engine's Persists become
// durable; what had not when the application died is gone.
#pragma once

#include <algorithm>
#include <cstdint>
#include <map>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "common/client/session.h"
#include "loadsim/check/room_watch.h"

namespace starling::sim {

/// One change, detached from the frame that it came with.
struct StoredChange {
  std::uint64_t token = 0;
  enum class What : std::uint8_t { Room, OutboxPut, OutboxRemove, RoomsVersion, Items } what = What::Room;
  client::RoomState room;     // Room, OutboxRemove
  check::RoomWatch watch;     // Room: the checker's memory of the same moment
  wire::Send send;            // OutboxPut
  Cseq last_cseq;             // OutboxPut
  ClientMsgId client_msg_id;  // OutboxRemove
  std::uint64_t rooms_version = 0;
  wire::Items items;
};

class DeviceStore {
 public:
  using Items = std::map<std::pair<wire::ItemKind, std::string>, wire::Item>;
  struct Room {
    client::RoomState state;
    check::RoomWatch watch;
  };

  void apply(const StoredChange& change) {
    switch (change.what) {
      case StoredChange::What::Room:
        put_room(change.room);
        rooms_[change.room.room].watch = change.watch;
        break;
      case StoredChange::What::OutboxPut: {
        outbox_[change.send.client_msg_id] = change.send;
        Room& room = rooms_[change.send.room];
        room.state.room = change.send.room;
        room.state.last_cseq = change.last_cseq;
        break;
      }
      case StoredChange::What::OutboxRemove:
        outbox_.erase(change.client_msg_id);
        if (const auto at = rooms_.find(change.room.room);
            at != rooms_.end() && change.room.cursor == at->second.state.cursor) {
          at->second.state.floor = change.room.floor;
        }
        break;
      case StoredChange::What::RoomsVersion:
        rooms_version_ = change.rooms_version;
        break;
      case StoredChange::What::Items:
        if (change.items.prev == 0) items_.clear();
        items_version_ = change.items.version;
        for (const wire::Item& item : change.items.items) items_[{item.kind, item.key}] = item;
        break;
    }
  }

  /// Into a session that has not started.
  void restore(client::Session& session, DeviceId device) const {
    session.restore_device(device, rooms_version_, items_version_);
    for (const auto& [id, room] : rooms_) session.restore_room(room.state);
    for (const wire::Send& send : in_order()) session.restore_outbox(send);
  }
  std::vector<wire::Send> in_order() const {
    std::vector<wire::Send> sends;
    sends.reserve(outbox_.size());
    for (const auto& [id, send] : outbox_) sends.push_back(send);
    std::sort(sends.begin(), sends.end(), [](const wire::Send& a, const wire::Send& b) {
      return std::tie(a.room, a.cseq) < std::tie(b.room, b.cseq);
    });
    return sends;
  }
  const std::map<RoomId, Room>& rooms() const { return rooms_; }
  const Items& items() const { return items_; }

 private:
  void put_room(const client::RoomState& state) {
    Room& room = rooms_[state.room];
    const Cseq last = std::max(room.state.last_cseq, state.last_cseq);
    room.state = state;
    room.state.last_cseq = last;
  }

  std::map<RoomId, Room> rooms_;
  std::map<ClientMsgId, wire::Send> outbox_;
  std::uint64_t rooms_version_ = 0;
  Items items_;
  std::uint64_t items_version_ = 0;
};

}  // namespace starling::sim
