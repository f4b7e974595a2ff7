// What the bus has done, counted by its thread and by who posts, and read by anyone.
#pragma once

#include <atomic>
#include <cstdint>
#include <string>

namespace starling::bus {

struct Counters {
  using Counter = std::atomic<std::uint64_t>;

  // Said.
  Counter posts = 0;
  Counter posts_dropped_queue = 0;    // the bus's thread does not keep up
  Counter posts_dropped_unknown = 0;  // for a shard of no peer
  Counter posts_dropped_unheard = 0;  // the node is not connected (yet)
  Counter posts_dropped_large = 0;    // beyond limits::kPostBytesMax
  Counter messages_sent = 0;  // given to libzmq for a node that listens: what a connection loses is not known here
  Counter messages_dropped_full = 0;  // the node does not read
  Counter bytes_sent = 0;
  // Heard.
  Counter messages_received = 0;
  Counter bytes_received = 0;
  Counter envelopes = 0;       // handed to shards
  Counter envelopes_lost = 0;  // the shard is behind
  Counter refused_malformed = 0;
  Counter refused_version = 0;
  Counter refused_cluster = 0;
  Counter refused_parts = 0;     // of a large post of which something was lost
  Counter refused_sender = 0;    // a shard that is not the peer's
  Counter refused_receiver = 0;  // a shard that is not here
  // Who knocks.
  Counter keys_accepted = 0;
  Counter keys_refused = 0;
  Counter handshakes_failed = 0;

  /// Prometheus text.
  std::string text() const;
};

}  // namespace starling::bus
