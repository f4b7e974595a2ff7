#include "loadsim/load/device_storage.h"

#include <algorithm>
#include <tuple>
#include <type_traits>
#include <variant>

namespace starling::load {

void DeviceStorage::apply(std::span<const client::Persist> persists, const check::DeviceWatch& watch) {
  for (const client::Persist& persist : persists) {
    std::visit(
        [&](const auto& op) {
          using Op = std::decay_t<decltype(op)>;
          if constexpr (std::is_same_v<Op, client::PersistEvent> || std::is_same_v<Op, client::PersistRoom>) {
            put(op.state, watch);
          } else if constexpr (std::is_same_v<Op, client::PersistOutboxPut>) {
            put(op);
          } else if constexpr (std::is_same_v<Op, client::PersistOutboxRemove>) {
            remove(op);
          } else if constexpr (std::is_same_v<Op, client::PersistItems>) {
            items_version_ = op.items->version;
          } else {
            rooms_version_ = op.rooms_version;
          }
        },
        persist.op);
  }
}

DeviceStorage::Room& DeviceStorage::room(RoomId id) {
  const auto at = std::lower_bound(rooms_.begin(), rooms_.end(), id,
                                   [](const Room& each, RoomId wanted) { return each.state.room < wanted; });
  if (at != rooms_.end() && at->state.room == id) return *at;
  return *rooms_.insert(at, Room{.state = {.room = id}});
}

void DeviceStorage::put(const client::RoomState& state, const check::DeviceWatch& watch) {
  Room& stored = room(state.room);
  stored.state = state;
  if (const check::WatchedRoom* seen = watch.find(state.room)) stored.watch = seen->seen;
}

void DeviceStorage::put(const client::PersistOutboxPut& put) {
  room(put.send.room).state.last_cseq = put.last_cseq;
  const auto at = std::find_if(outbox_.begin(), outbox_.end(),
                               [&](const wire::Send& each) { return each.client_msg_id == put.send.client_msg_id; });
  if (at != outbox_.end()) {
    *at = put.send;
  } else {
    outbox_.push_back(put.send);
  }
}

void DeviceStorage::remove(const client::PersistOutboxRemove& remove) {
  std::erase_if(outbox_, [&](const wire::Send& each) { return each.client_msg_id == remove.client_msg_id; });
  if (outbox_.empty()) outbox_.shrink_to_fit();
  room(remove.state.room).state.floor = remove.state.floor;
}

void DeviceStorage::restore(client::Session& session, check::DeviceWatch& watch, DeviceId device) const {
  session.restore_device(device, rooms_version_, items_version_);
  for (const Room& each : rooms_) {
    session.restore_room(each.state);
    watch.on_restart(each.state.room, each.watch);
  }
  std::vector<wire::Send> sends = outbox_;
  std::stable_sort(sends.begin(), sends.end(), [](const wire::Send& a, const wire::Send& b) {
    return std::tie(a.room, a.cseq) < std::tie(b.room, b.cseq);
  });
  for (wire::Send& send : sends) session.restore_outbox(std::move(send));
}

}  // namespace starling::load
