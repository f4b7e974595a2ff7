// What the floors speak: records of a fixed size, a room's number and a body. No order and no answer.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

#include "tests/bench/wire_load/options.h"
#include "tests/bench/wire_load/protocol.h"
#include "tests/bench/wire_load/rooms.h"
#include "tests/bench/wire_load/tally.h"
#include "tests/bench/wire_load/wire.h"

namespace starling::bench {

class RawProtocol final : public Protocol {
 public:
  RawProtocol(const Options& options, Wire& wire, Rooms& rooms, Tally& tally)
      : record_bytes_(sizeof(std::uint32_t) + options.body_bytes),
        options_(options),
        wire_(wire),
        rooms_(rooms),
        tally_(tally) {}

  void connected(Peer& peer, Instant now) override;
  void received(Peer& peer, std::span<std::byte> bytes, Instant now) override;
  void disconnected(Peer& peer) override;
  void due(Peer&, Due, Instant) override {}
  bool send(Peer& peer, Instant intended) override;

 private:
  void put(Peer& peer, std::string_view body);
  void record(Peer& peer, std::string_view body, Instant now);

  std::size_t record_bytes_;
  const Options& options_;
  Wire& wire_;
  Rooms& rooms_;
  Tally& tally_;
  std::string framed_;
};

}  // namespace starling::bench
