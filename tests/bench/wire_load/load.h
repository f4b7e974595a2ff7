// The load: all peers, and what the driver has asked of them. Owner: the one thread there is.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "tests/bench/wire_load/command.h"
#include "tests/bench/wire_load/options.h"
#include "tests/bench/wire_load/protocol.h"
#include "tests/bench/wire_load/rooms.h"
#include "tests/bench/wire_load/run.h"
#include "tests/bench/wire_load/tally.h"
#include "tests/bench/wire_load/timers.h"
#include "tests/bench/wire_load/wire.h"

namespace starling::bench {

class Load {
 public:
  Load(const Options& options, std::vector<std::string> tokens);

  /// Serves the driver until it quits.
  void serve();

 private:
  /// Peers [first, last).
  struct Range {
    std::uint32_t first = 0;
    std::uint32_t last = 0;
  };
  struct Join {
    Range peers;
    std::uint32_t next = 0;  // to be opened
    Instant began;
    std::uint64_t events_before = 0;
    std::uint64_t closed_before = 0;
    std::uint64_t put_off_before = 0;
  };
  struct Look {
    Range peers;
    Instant until;
  };

  void turn();
  Instant next_moment() const;
  void take_input();
  void obey(const Command& command);
  Range range(const Command& command) const;

  void fire_timers(Instant now);
  void send_due(Instant now);
  void progress_join(Instant now);
  void progress_run(Instant now);
  void progress_look(Instant now);

  const Options& options_;
  std::vector<std::string> tokens_;
  Wire wire_;
  Rooms rooms_;
  Timers timers_;
  Tally tally_;
  std::unique_ptr<Protocol> protocol_;
  std::vector<Peer> peers_;

  std::string input_;
  bool quit_ = false;
  std::optional<Join> join_;
  std::optional<Run> run_;
  std::optional<Look> look_;
};

}  // namespace starling::bench
