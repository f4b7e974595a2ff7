// One accepted socket. Everything that most connections do not have most of the time hangs off a pointer.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "common/base/ids.h"
#include "common/base/timer_wheel.h"
#include "common/wire/limits.h"
#include "common/ws/handshake.h"
#include "common/ws/parser.h"
#include "server/runtime/outbox.h"
#include "server/runtime/tls.h"

namespace starling::runtime {

enum class Phase : std::uint8_t {
  Upgrading,  // TLS, then the request: its head, and the body of a call of the API
  Answering,  // a call of the API is with it
  Greeting,   // upgraded; Hello has not come
  Open,       // known to the core
  Closing,    // our close frame, or the last HTTP response, is queued or sent
};

/// Before it is admitted a peer has nothing to say but Hello, and nothing longer is held for it.
inline constexpr std::uint32_t kFirstMessageBytesMax = 2048;
static_assert(wire::limits::kTokenBytesMax + wire::limits::kAgentBytesMax + 64 <= kFirstMessageBytesMax);

/// A request that did not come at once.
struct PendingRequest {
  std::string bytes;  // of the head; once that is read, of the body
  ws::HttpRequest head;
  bool head_read = false;
};

struct Connection {
  ws::Parser parser{ws::Role::Server, {.message_bytes_max = kFirstMessageBytesMax}};
  Outbox outbox;
  std::unique_ptr<TlsStream> tls;
  std::unique_ptr<PendingRequest> request;  // Upgrading

  ConnId id;
  int fd = -1;
  TimerNode timer;
  // Ticks of the wheel.
  std::uint32_t heard = 0;          // when bytes came last
  std::uint32_t pinged_at = 0;      // 0: not since then
  std::uint32_t phase_due = 0;      // any but Open: when the phase must be over
  std::uint32_t message_due = 0;    // when a started message must be whole; 0: none is
  std::uint32_t stalled_since = 0;  // since when the peer takes nothing; 0: not stalled
  std::uint32_t expires_due = 0;    // Open: when its credential is no longer good; 0: not in our time

  Phase phase = Phase::Upgrading;
  bool dirty : 1 = false;    // in the writer's list
  bool blocked : 1 = false;  // waits until it can be written to
  bool in_core : 1 = false;  // the core has been told, and waits for Disconnected
  bool close_after_flush : 1 = false;
  bool admitted : 1 = false;  // its Hello was good; until then it counts as unauthenticated, closing or not
  bool deaf : 1 = false;      // what still comes is thrown away
  bool ended : 1 = false;     // the peer sends no more, and is not watched for it
  bool spare : 1 = false;     // one of those kept for operators: it gets a page, and nothing else
};
static_assert(sizeof(Connection) <= 128);

}  // namespace starling::runtime
