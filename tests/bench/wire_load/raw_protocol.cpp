#include "tests/bench/wire_load/raw_protocol.h"

#include <cstring>

#include "loadsim/check/stamp.h"

namespace starling::bench {

/// Room numbers on the wire begin at 0, room ids at 1.
void RawProtocol::put(Peer& peer, std::string_view body) {
  const auto number = static_cast<std::uint32_t>(peer.rooms.front().room.value - 1);
  framed_.assign(reinterpret_cast<const char*>(&number), sizeof(number));
  framed_ += body;
  framed_.resize(record_bytes_);
  wire_.write(peer, std::as_bytes(std::span(framed_)));
}

void RawProtocol::connected(Peer& peer, Instant) {
  peer.head.clear();
  const RoomId room(peer.index % options_.rooms + 1);
  peer.rooms.assign(1, {.room = room, .place = rooms_.place_of(room)});
  // The first record only says which room; it comes back when the floor has read it.
  put(peer, {});
}

void RawProtocol::received(Peer& peer, std::span<std::byte> bytes, Instant now) {
  std::string_view in(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  if (!peer.head.empty()) {
    const std::size_t missing = std::min(record_bytes_ - peer.head.size(), in.size());
    peer.head += in.substr(0, missing);
    in.remove_prefix(missing);
    if (peer.head.size() < record_bytes_) return;
    record(peer, std::string_view(peer.head).substr(sizeof(std::uint32_t)), now);
    peer.head.clear();
  }
  for (; in.size() >= record_bytes_; in.remove_prefix(record_bytes_)) {
    record(peer, in.substr(sizeof(std::uint32_t), record_bytes_ - sizeof(std::uint32_t)), now);
  }
  peer.head = in;
}

void RawProtocol::record(Peer& peer, std::string_view body, Instant now) {
  if (peer.phase == Phase::Joining) {
    peer.phase = Phase::Ready;
    rooms_.joined(peer.rooms.front().place, peer.index);
    return;
  }
  const auto stamp = check::read_stamp(body);
  if (!stamp || stamp->room != peer.rooms.front().room) {
    ++tally_.altered;
    return;
  }
  ++tally_.events;
  if (stamp->run == tally_.run) tally_.delivered(Instant(Duration(stamp->intended_ns)), now);
}

void RawProtocol::disconnected(Peer& peer) {
  ++tally_.closed;
  ++tally_.close_codes[0];
  for (const RoomCursor& cursor : peer.rooms) rooms_.left(cursor.place, peer.index);
}

bool RawProtocol::send(Peer& peer, Instant intended) {
  RoomCursor& cursor = peer.rooms.front();
  put(peer, check::stamped_body({.run = tally_.run,
                                 .room = cursor.room,
                                 .device = DeviceId(peer.index + 1),
                                 .number = cursor.next_cseq.value,
                                 .intended_ns = intended.time_since_epoch().count()},
                                options_.body_bytes));
  cursor.next_cseq = cursor.next_cseq.next();
  ++tally_.sent;
  ++tally_.accepted;
  tally_.expected += rooms_.at(cursor.place).readers.size();
  return true;
}

}  // namespace starling::bench
