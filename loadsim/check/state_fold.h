// What a room looks like after its events: texts, deletions and reactions (G10). The highest seq wins per (message,
// text) and per (message, user, emoji). Kept for a sample of users only: its memory grows with the room.
#pragma once

#include <cstdint>
#include <map>
#include <tuple>

#include "loadsim/check/ledger.h"

namespace starling::check {

class StateFold {
 public:
  /// Events up to `start` are not shown; what refers to them is not either.
  explicit StateFold(Seq start) : start_(start) {}

  /// Any order, any number of times.
  void apply(const LedgerEvent& event);
  /// A sum over everything shown: independent of the order of arrival.
  std::uint64_t digest() const;
  Seq start() const { return start_; }

 private:
  struct Text {
    std::uint64_t seq = 0;  // of the message or edit that wins
    std::uint64_t body_hash = 0;
    bool deleted = false;
  };
  struct Reaction {
    std::uint64_t seq = 0;
    bool there = false;
  };

  Seq start_;
  std::map<std::uint64_t, Text> texts_;                                                    // by the message's seq
  std::map<std::tuple<std::uint64_t, std::uint64_t, std::uint64_t>, Reaction> reactions_;  // (message, user, emoji)
};

}  // namespace starling::check
