// One connection of the load: a device and its rooms.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "common/base/ids.h"
#include "common/base/time.h"
#include "common/ws/parser.h"

namespace starling::bench {

enum class Phase : std::uint8_t {
  Closed,
  Connecting,  // TCP
  Joining,     // upgrade, Hello, Sync; or the floor's record
  PutOff,      // too many are at the door: it comes back at `back_at`
  Ready,       // has everything that there was when it joined
};

/// How far a peer has come in a room. Every event must be the next one.
struct RoomCursor {
  RoomId room;
  std::uint32_t place = 0;  // of the room in Rooms
  Epoch epoch;
  Seq seq;
  PrefixHash hash;  // of the events so far, with Options::fold
  Seq head;         // as told by Synced
  Cseq next_cseq{1};
  std::uint32_t unreported = 0;  // events applied since the last Delivered
  bool live = false;             // Sync was answered: events count

  // A Reset at a resume skipped the events above `hole_seq` up to `hole_end`: they are read as history.
  Seq hole_seq;
  PrefixHash hole_hash;
  Seq hole_end;
  PrefixHash hole_end_hash;

  bool has_hole() const { return hole_seq < hole_end; }
  bool complete() const { return live && seq >= head && !has_hole(); }
};

/// A send without its final answer.
struct InFlight {
  std::uint32_t cursor = 0;  // index in Peer::rooms
  Cseq cseq;
  std::uint32_t run = 0;
  Instant intended;
};

struct Peer {
  std::uint32_t index = 0;
  int fd = -1;
  Phase phase = Phase::Closed;
  bool paused = false;   // its socket is not read
  bool looking = false;  // reads what is left before its connection ends
  bool upgraded = false;
  bool writes_wait = false;  // for room in the socket
  bool report_armed = false;
  bool resend_armed = false;
  std::uint16_t close_code = 0;  // of the last connection, when the server named one
  Instant opened_at{};           // when the connection was begun, put off or not
  Instant back_at{};
  std::uint8_t put_off = 0;  // so often in a row
  std::uint32_t use = 0;     // counts connections, so that timers of an older one are told apart

  ws::Parser parser{ws::Role::Client};
  std::string head;    // of the upgrade's answer; in raw mode, the part of a record that came
  std::string out;     // what the socket would not take
  std::string ticket;  // for the next Hello
  DeviceId device;
  std::uint64_t rooms_version = 0;
  std::vector<RoomCursor> rooms;
  std::vector<InFlight> in_flight;
};

}  // namespace starling::bench
