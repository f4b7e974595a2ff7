// The server's protocol as the load speaks it: what a client must do, and no more, because it shares the machine with
// the server. It logs in, syncs its rooms, reports what it applied when the client engine would, answers pings, repeats
// what was refused for now, and checks that every event is the next one.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "common/base/rng.h"
#include "common/wire/codec.h"
#include "common/ws/frame.h"
#include "tests/bench/wire_load/options.h"
#include "tests/bench/wire_load/protocol.h"
#include "tests/bench/wire_load/rooms.h"
#include "tests/bench/wire_load/tally.h"
#include "tests/bench/wire_load/wire.h"

namespace starling::bench {

class StarlingProtocol final : public Protocol {
 public:
  /// `tokens[i]` is peer i's.
  StarlingProtocol(const Options& options, const std::vector<std::string>& tokens, Wire& wire, Rooms& rooms,
                   Timers& timers, Tally& tally)
      : options_(options), tokens_(tokens), wire_(wire), rooms_(rooms), timers_(timers), tally_(tally) {}

  void connected(Peer& peer, Instant now) override;
  void received(Peer& peer, std::span<std::byte> bytes, Instant now) override;
  void disconnected(Peer& peer) override;
  void due(Peer& peer, Due due, Instant now) override;
  bool send(Peer& peer, Instant intended) override;

 private:
  // connection (starling_protocol.cpp)
  bool upgrade(Peer& peer, std::span<std::byte>& bytes, Instant now);
  void put_off(Peer& peer, Instant now);
  void say_hello(Peer& peer);
  void message(Peer& peer, std::span<const std::byte> payload, Instant now);
  void handle(Peer& peer, const wire::Welcome& frame, Instant now);
  void handle(Peer& peer, const wire::RoomList& frame, Instant now);
  void handle(Peer& peer, const wire::Synced& frame, Instant now);
  void handle(Peer& peer, const wire::Event& frame, Instant now);
  void handle(Peer& peer, const wire::Head& frame, Instant now);
  void handle(Peer& peer, const wire::HistoryPage& frame, Instant now);
  void handle(Peer& peer, const wire::SendResult& frame, Instant now);
  template <class Other>
  void handle(Peer&, const Other&, Instant) {}  // marks, notices: not this load's matter
  void put(Peer& peer, const wire::ClientFrame& frame);
  void put(Peer& peer, ws::Opcode opcode, std::span<const std::byte> payload);

  // rooms (starling_rooms.cpp)
  void sync(Peer& peer);
  void synced(Peer& peer, RoomCursor& cursor, const wire::SyncedRoom& answer, Instant now);
  void read_hole(Peer& peer, const RoomCursor& cursor);
  void apply(Peer& peer, RoomCursor& cursor, const wire::Event& event, Instant now);
  void report(Peer& peer);
  void check_ready(Peer& peer);

  // sends (starling_sends.cpp)
  void put_send(Peer& peer, const InFlight& entry);
  void resend_later(Peer& peer, Duration delay, Instant now);

  const Options& options_;
  const std::vector<std::string>& tokens_;
  Wire& wire_;
  Rooms& rooms_;
  Timers& timers_;
  Tally& tally_;

  wire::Decoder decoder_;
  Rng masks_{1};
  std::string encoded_;
  std::vector<std::byte> framed_;
};

}  // namespace starling::bench
