// The life of the connection: attempts, the handshake, back-off, and which close codes end it all.
#pragma once

#include <cstdint>
#include <optional>
#include <utility>

#include "common/base/rng.h"
#include "common/base/time.h"
#include "common/client/output.h"
#include "common/client/settings.h"

namespace starling::client {

class Link {
 public:
  LinkState state() const { return state_; }
  bool ready() const { return state_ == LinkState::Ready; }
  /// A connection exists or is being made.
  bool open() const { return state_ >= LinkState::Connecting; }

  void connect(Instant now);
  /// The transport is up. Returns whether to authenticate with the ticket, given that there is one.
  bool authenticate(bool has_ticket);
  void welcome(Instant now);
  bool by_ticket() const { return by_ticket_; }
  /// The server named a slot to come back in, and perhaps a node to come to.
  void reconnect_after(std::uint32_t ms, std::uint32_t node);
  /// The node that the next connection had best be made to; 0: any. Named once: it may be gone when it is asked for.
  std::uint32_t take_node() { return std::exchange(node_, 0); }

  /// The connection is gone: Waiting with a next attempt, or Stopped for a reason.
  std::optional<FatalReason> ended(std::uint16_t code, const Settings& settings, Instant now, Rng& rng);
  void stop();

  /// Waiting: the next attempt. Connecting, Authenticating: the end of patience. Else kNever.
  Instant deadline() const { return deadline_; }

 private:
  static constexpr std::uint32_t kNoSlot = UINT32_MAX;

  void wait(Duration delay, Instant now);

  Instant deadline_ = kNever;
  Instant ready_since_{};
  std::uint32_t slot_ms_ = kNoSlot;
  std::uint32_t node_ = 0;
  LinkState state_ = LinkState::Stopped;
  std::uint8_t failures_ = 0;  // in a row
  bool by_ticket_ = false;
  bool ticket_refused_ = false;  // until the next Welcome
};

}  // namespace starling::client
