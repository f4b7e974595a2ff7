// The cache of rooms' newest events that several nodes share. Homes write to it and wait for nothing; who mends a gap
// believes what it answers as far as it folds to what a home has said.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <unordered_map>

#include "server/core/turn.h"
#include "server/ports/directory.h"

namespace starling::core {

/// How far a room's log reaches at least, as its home has said: what an answer has to reach, and to fold to.
struct TailFloor {
  RoomId room;
  Epoch epoch;
  Seq head;
  PrefixHash hash;  // the fold up to head
};

class SharedTails {
 public:
  explicit SharedTails(Turn& turn) : turn_(turn) {}

  /// Alone, a node has all tails itself.
  bool used() const { return turn_.config.shared_tails && turn_.view.nodes.size() > 1; }
  /// Consecutive events that were committed just now.
  void append(RoomId room, Epoch epoch, std::span<const wire::Event> events);
  void read(const TailFloor& floor, Seq after);
  /// What the answer was to reach; nothing, when nobody waits for it.
  std::optional<TailFloor> take(std::uint64_t id);

 private:
  Turn& turn_;
  std::uint64_t last_id_ = 0;
  std::unordered_map<std::uint64_t, TailFloor> reads_;  // not answered yet
};

/// True when `events` hold all of the log after (seq, hash) up to the floor's head.
bool reaches(std::span<const wire::Event> events, Seq seq, PrefixHash hash, const TailFloor& floor);

}  // namespace starling::core
