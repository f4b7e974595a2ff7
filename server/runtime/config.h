// What an operator may tune in the runtime, with the shipped values and the reason for each.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "common/base/time.h"

namespace starling::runtime {

using namespace std::chrono_literals;

struct TlsConfig {
  std::string certificate;  // PEM chain; empty: plain text
  std::string key;          // PEM
  bool enabled() const { return !certificate.empty(); }
};

/// How long a peer may take. None of these is tuned for a test of what ships.
struct Timeouts {
  Duration upgrade = 10s;      // TLS and HTTP upgrade together; of a call of the API, its body too
  Duration answer = 30s;       // the API's, to a whole request
  Duration hello = 5s;         // upgrade to Hello
  Duration message = 10s;      // a started message to its end
  Duration ping_after = 25s;   // silence before a ping
  Duration dead_after = 33s;   // then it is given up, 8 s after its ping: who is gone is shown so within 35 s
  Duration write_stall = 30s;  // nothing taken by the peer while something is queued
  Duration close_handshake = 3s;
  /// From a token's expiry to the end of the connections that came in with it or with a ticket of it. Who comes in later,
  /// as clocks may differ, has this long as well.
  Duration after_expiry = 30s;
};

struct Config {
  std::string address = "127.0.0.1";
  std::uint16_t port = 8008;  // 0: the kernel picks one
  std::uint32_t shards = 0;   // 0: one a core
  /// The number of this node among several; none: it is alone.
  std::optional<std::uint16_t> node;
  /// A trusted proxy ends TLS: an address that is not loopback may do without, and loopback may be the proxy's.
  bool behind_proxy = false;
  TlsConfig tls;
  std::vector<std::string> origins;       // exact; browsers only: a native client sends no Origin
  std::vector<std::string> metrics_from;  // addresses that may read /metrics, beside loopback

  std::uint32_t connections_max = 0;         // 0: file descriptors allowed, less a reserve
  std::uint32_t unauthenticated_max = 4000;  // of them, before Hello
  /// Of each shard. Two full messages fit, so that most reads end at a message's end.
  std::uint32_t read_buffer_bytes = 128 * 1024;
  /// Bounds what the kernel holds for a reader that does not read; the kernel doubles it. Left to itself it would grow
  /// to megabytes a socket, hidden from the outbox limits.
  std::uint32_t send_buffer_bytes = 64 * 1024;
  /// Frames wait this long for company when the loop is busy (flush_pacer.h); a maximum of 0 turns it off.
  Duration flush_delay_min = 500us;
  Duration flush_delay_max = 2ms;
  std::uint32_t writes_per_turn_max = 256;  // then reads are polled again
  Timeouts timeouts;
};

/// Beyond connections_max, for who may read /metrics: an overloaded server is looked at too. Each is gone with its page.
inline constexpr std::uint32_t kSpareConnections = 8;

/// File descriptors that are not connections. A shard takes six: listener, two epolls, a timer, and an eventfd for its
/// mailbox and one for Asio; the store, with its readers, some thirty; the spare ones. The rest is air.
constexpr std::uint32_t reserved_descriptors(std::uint32_t shards) { return 96 + 8 * shards; }

}  // namespace starling::runtime
