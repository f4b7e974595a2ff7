// Rooms: subscribing, applying in order, resuming.
#include <algorithm>
#include <chrono>

#include "common/wire/event.h"
#include "common/wire/limits.h"
#include "loadsim/check/stamp.h"
#include "tests/bench/wire_load/clock.h"
#include "tests/bench/wire_load/starling_protocol.h"

namespace starling::bench {
namespace {

using namespace std::chrono_literals;

// As the client engine reports (common/client/settings.h): the server should bear what real clients put on it.
constexpr Duration kReportDelay = 5s;
constexpr std::uint32_t kReportEvery = 64;

RoomCursor* find(Peer& peer, RoomId room) {
  const auto it = std::ranges::find(peer.rooms, room, &RoomCursor::room);
  return it == peer.rooms.end() ? nullptr : &*it;
}

}  // namespace

void StarlingProtocol::handle(Peer& peer, const wire::Welcome& frame, Instant) {
  peer.ticket = frame.ticket;
  peer.device = frame.device;
  // Known rooms are resumed at once; else the list comes.
  if (!peer.rooms.empty()) sync(peer);
}

void StarlingProtocol::handle(Peer& peer, const wire::RoomList& frame, Instant) {
  peer.rooms_version = frame.rooms_version;
  const std::size_t known = peer.rooms.size();
  for (const wire::RoomInfo& info : frame.rooms) {
    if (find(peer, info.room) == nullptr)
      peer.rooms.push_back({.room = info.room, .place = rooms_.place_of(info.room)});
  }
  if (peer.rooms.size() > known) sync(peer);
}

void StarlingProtocol::sync(Peer& peer) {
  wire::Sync frame;
  for (const RoomCursor& cursor : peer.rooms) {
    if (cursor.live) continue;
    wire::SyncRoom room{.room = cursor.room, .floor = cursor.seq};
    if (options_.heads) room.mode = wire::SyncMode::Heads;
    // Without the hash a cursor proves nothing: the peer is then a new device.
    if (options_.fold) room.cursor = {.epoch = cursor.epoch, .seq = cursor.seq, .hash = cursor.hash};
    frame.rooms.push_back(room);
  }
  if (!frame.rooms.empty()) put(peer, frame);
}

void StarlingProtocol::handle(Peer& peer, const wire::Synced& frame, Instant now) {
  for (const wire::SyncedRoom& answer : frame.rooms) {
    if (RoomCursor* cursor = find(peer, answer.room)) synced(peer, *cursor, answer, now);
  }
  check_ready(peer);
}

void StarlingProtocol::synced(Peer& peer, RoomCursor& cursor, const wire::SyncedRoom& answer, Instant now) {
  if (answer.status == wire::SyncStatus::Unavailable) {
    timers_.arm(now + std::chrono::milliseconds(answer.retry_after_ms), Due::Sync, peer);
    return;
  }
  if (answer.status == wire::SyncStatus::Reset) {
    const bool resumes = cursor.epoch == answer.epoch && cursor.seq && answer.start.seq > cursor.seq;
    if (resumes && peer.phase == Phase::Ready) ++tally_.resets;
    if (resumes && options_.fold) {
      cursor.hole_seq = cursor.seq;
      cursor.hole_hash = cursor.hash;
      cursor.hole_end = answer.start.seq;
      cursor.hole_end_hash = answer.start.hash;
    }
    cursor.epoch = answer.epoch;
    cursor.seq = answer.start.seq;
    cursor.hash = answer.start.hash;
    if (answer.next_cseq) cursor.next_cseq = answer.next_cseq;
  }
  if (answer.status == wire::SyncStatus::Heads) {
    cursor.epoch = answer.epoch;
    cursor.seq = answer.head;
    if (answer.next_cseq) cursor.next_cseq = answer.next_cseq;
  }
  cursor.head = std::max(cursor.head, answer.head);
  cursor.live = true;
  rooms_.saw(cursor.place, answer.head);
  if (cursor.has_hole()) read_hole(peer, cursor);
}

void StarlingProtocol::handle(Peer& peer, const wire::Event& event, Instant now) {
  RoomCursor* cursor = find(peer, event.room);
  if (cursor == nullptr || !cursor->live) return;
  if (event.seq != cursor->seq.next()) {
    ++(event.seq <= cursor->seq ? tally_.doubles : tally_.gaps);
    // Counted once, not again at each event that follows.
    if (event.seq > cursor->seq) cursor->seq = event.seq;
    return;
  }
  apply(peer, *cursor, event, now);
}

void StarlingProtocol::handle(Peer& peer, const wire::Head& head, Instant now) {
  RoomCursor* cursor = find(peer, head.room);
  if (cursor == nullptr || !cursor->live || !options_.heads) return;
  if (head.seq <= cursor->seq) {
    ++tally_.doubles;
    return;
  }
  cursor->seq = head.seq;
  rooms_.told(cursor->place, head.seq);
  if (tally_.measures(now)) ++tally_.window_heads;
}

void StarlingProtocol::apply(Peer& peer, RoomCursor& cursor, const wire::Event& event, Instant now) {
  cursor.seq = event.seq;
  if (options_.fold) cursor.hash = wire::fold(cursor.hash, event);
  ++tally_.events;
  rooms_.saw(cursor.place, event.seq);
  if (event.kind == wire::EventKind::Message) {
    const auto stamp = check::read_stamp(event.body);
    if (!stamp || stamp->room != event.room || stamp->device != event.device) {
      ++tally_.altered;
    } else if (stamp->run == tally_.run && peer.phase == Phase::Ready && !peer.looking) {
      tally_.delivered(Instant(Duration(stamp->intended_ns)), now);
    }
  }
  if (++cursor.unreported >= kReportEvery) {
    put(peer, wire::Delivered{.rooms = {{.room = cursor.room, .seq = cursor.seq}}});
    cursor.unreported = 0;
  } else if (!peer.report_armed) {
    peer.report_armed = true;
    timers_.arm(now + kReportDelay, Due::Report, peer);
  }
  if (peer.phase == Phase::Joining && cursor.seq >= cursor.head) check_ready(peer);
}

void StarlingProtocol::report(Peer& peer) {
  wire::Delivered frame;
  for (RoomCursor& cursor : peer.rooms) {
    if (cursor.unreported == 0) continue;
    frame.rooms.push_back({.room = cursor.room, .seq = cursor.seq});
    cursor.unreported = 0;
  }
  if (!frame.rooms.empty()) put(peer, frame);
}

void StarlingProtocol::read_hole(Peer& peer, const RoomCursor& cursor) {
  put(peer, wire::HistoryRequest{.request_id = static_cast<std::uint32_t>(&cursor - peer.rooms.data()) + 1,
                                 .room = cursor.room,
                                 .from = cursor.hole_seq,
                                 .backward = false,
                                 .limit = wire::limits::kPageEventsMax});
}

void StarlingProtocol::handle(Peer& peer, const wire::HistoryPage& page, Instant now) {
  RoomCursor* cursor = find(peer, page.room);
  if (cursor == nullptr || !cursor->has_hole()) return;
  if (page.status != wire::SyncStatus::Live) {
    cursor->live = false;
    timers_.arm(now + std::chrono::milliseconds(page.retry_after_ms), Due::Sync, peer);
    return;
  }
  if (page.hash_before != cursor->hole_hash) ++tally_.altered;
  for (const wire::Event& event : page.events) {
    if (event.seq > cursor->hole_end) break;
    if (event.seq != cursor->hole_seq.next()) ++(event.seq <= cursor->hole_seq ? tally_.doubles : tally_.gaps);
    cursor->hole_seq = event.seq;
    cursor->hole_hash = wire::fold(cursor->hole_hash, event);
    ++tally_.events;
  }
  if (cursor->has_hole()) return read_hole(peer, *cursor);
  if (cursor->hole_hash != cursor->hole_end_hash) ++tally_.altered;
  check_ready(peer);
}

void StarlingProtocol::check_ready(Peer& peer) {
  if (peer.phase != Phase::Joining || !std::ranges::all_of(peer.rooms, &RoomCursor::complete)) return;
  peer.phase = Phase::Ready;
  peer.put_off = 0;
  tally_.joins.record(steady_now() - peer.opened_at);
  for (const RoomCursor& cursor : peer.rooms) rooms_.joined(cursor.place, peer.index);
}

}  // namespace starling::bench
