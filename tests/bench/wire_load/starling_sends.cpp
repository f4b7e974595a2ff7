// Sends and their answers.
#include <algorithm>
#include <chrono>
#include <utility>

#include "common/wire/limits.h"
#include "loadsim/check/stamp.h"
#include "tests/bench/wire_load/starling_protocol.h"

namespace starling::bench {

bool StarlingProtocol::send(Peer& peer, Instant intended) {
  if (peer.in_flight.size() >= wire::limits::kInFlightPerRoomMax) return false;
  RoomCursor& cursor = peer.rooms.front();
  peer.in_flight.push_back({.cursor = 0,
                            .cseq = std::exchange(cursor.next_cseq, cursor.next_cseq.next()),
                            .run = tally_.run,
                            .intended = intended});
  put_send(peer, peer.in_flight.back());
  ++tally_.sent;
  return true;
}

/// The same bytes each time: a repeat is known by its key.
void StarlingProtocol::put_send(Peer& peer, const InFlight& entry) {
  const RoomCursor& cursor = peer.rooms[entry.cursor];
  const check::Stamp stamp{.run = entry.run,
                           .room = cursor.room,
                           .device = peer.device,
                           .number = entry.cseq.value,
                           .intended_ns = entry.intended.time_since_epoch().count()};
  put(peer, wire::Send{.room = cursor.room,
                       .epoch = cursor.epoch,
                       .cseq = entry.cseq,
                       .client_msg_id = ClientMsgId(mix64(peer.device.value << 32 ^ entry.cseq.value) | 1),
                       .body = check::stamped_body(stamp, options_.body_bytes)});
}

void StarlingProtocol::handle(Peer& peer, const wire::SendResult& frame, Instant now) {
  const auto it = std::ranges::find(peer.in_flight, frame.cseq, &InFlight::cseq);
  if (it == peer.in_flight.end()) return;
  if (!wire::is_final(frame.status)) {
    ++tally_.busy;
    return resend_later(peer, std::chrono::milliseconds(std::max(frame.retry_after_ms, 50u)), now);
  }
  peer.in_flight.erase(it);
  if (frame.status == wire::SendStatus::Accepted || frame.status == wire::SendStatus::Duplicate) {
    ++tally_.accepted;
    const std::uint32_t place = peer.rooms.front().place;
    if (options_.heads) {
      rooms_.saw(place, frame.seq);
    } else {
      tally_.expected += rooms_.at(place).readers.size();
    }
  } else {
    ++tally_.refused;
  }
}

void StarlingProtocol::resend_later(Peer& peer, Duration delay, Instant now) {
  if (peer.resend_armed) return;
  peer.resend_armed = true;
  timers_.arm(now + delay, Due::Resend, peer);
}

}  // namespace starling::bench
