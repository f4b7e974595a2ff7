// What a run has seen. Everything is counted from what arrived at the sockets; nothing is taken from the server's word.
#pragma once

#include <cstdint>
#include <map>

#include "common/base/time.h"
#include "tests/bench/wire_load/histogram.h"

namespace starling::bench {

struct Tally {
  std::uint32_t run = 0;  // stands in the bodies, so that stragglers of an earlier run are told apart

  // Of this run.
  std::uint64_t sent = 0;
  std::uint64_t accepted = 0;
  std::uint64_t expected = 0;    // deliveries that the accepted sends must cause
  std::uint64_t deliveries = 0;  // that came
  std::uint64_t postponed = 0;   // sends that were due while every member had its fill in flight
  std::uint64_t busy = 0;
  std::uint64_t refused = 0;

  // Of the whole program: each of the first three is a broken promise.
  std::uint64_t gaps = 0;
  std::uint64_t doubles = 0;
  std::uint64_t altered = 0;
  std::uint64_t resets = 0;  // that skipped events, though the reader never stopped reading
  std::uint64_t events = 0;  // applied in order, history included
  std::uint64_t closed = 0;
  std::map<std::uint16_t, std::uint64_t> close_codes;
  std::uint64_t put_off = 0;  // connections at the door
  Histogram joins;            // of the last connect: from a connection's beginning until its peer has everything

  // The measured part: by when the send was meant, and by when the delivery came.
  Instant window_begin = kNever;
  Instant window_end = kNever;
  std::uint64_t window_sends = 0;
  std::uint64_t window_deliveries = 0;
  std::uint64_t window_heads = 0;
  Histogram latency;

  void begin_run() {
    ++run;
    sent = accepted = expected = deliveries = postponed = busy = refused = 0;
    window_begin = window_end = kNever;
    window_sends = window_deliveries = window_heads = 0;
    latency.clear();
  }
  bool measures(Instant at) const { return at >= window_begin && at < window_end; }

  /// A message of this run came to one receiver.
  void delivered(Instant intended, Instant now) {
    ++deliveries;
    if (measures(now)) ++window_deliveries;
    if (measures(intended)) latency.record(now - intended);
  }
};

}  // namespace starling::bench
