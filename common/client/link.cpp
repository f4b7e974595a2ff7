#include "common/client/link.h"

#include <algorithm>

#include "common/base/assert.h"
#include "common/wire/close_code.h"

namespace starling::client {
namespace {

/// Uniform below min(cap, base * 2^failures), the "full jitter" that spreads a storm best.
Duration backoff(const Settings& settings, std::uint8_t failures, Rng& rng) {
  const int doublings = std::min<int>(failures, 16);
  const Duration ceiling = std::min(settings.backoff_cap, settings.backoff_base * (1 << doublings));
  return Duration(static_cast<Duration::rep>(rng.below(static_cast<std::uint64_t>(ceiling.count()) + 1)));
}

}  // namespace

void Link::connect(Instant now) {
  STARLING_ASSERT(!open());
  state_ = LinkState::Connecting;
  deadline_ = now + limits::kHandshakeMax;
}

bool Link::authenticate(bool has_ticket) {
  state_ = LinkState::Authenticating;
  by_ticket_ = has_ticket && !ticket_refused_;
  return by_ticket_;
}

void Link::welcome(Instant now) {
  state_ = LinkState::Ready;
  deadline_ = kNever;
  ready_since_ = now;
  slot_ms_ = kNoSlot;
  node_ = 0;
  ticket_refused_ = false;
}

void Link::reconnect_after(std::uint32_t ms, std::uint32_t node) {
  slot_ms_ = std::min(ms, kNoSlot - 1);
  node_ = node;
}

std::optional<FatalReason> Link::ended(std::uint16_t code, const Settings& settings, Instant now, Rng& rng) {
  STARLING_ASSERT(open());
  const bool refused = code == wire::close_code::kUnauthorized || code == wire::close_code::kTokenExpired;
  if (refused && state_ == LinkState::Authenticating && by_ticket_) {
    // The ticket is only a shortcut: the token decides, at once.
    ticket_refused_ = true;
    wait(Duration::zero(), now);
    return std::nullopt;
  }
  std::optional<FatalReason> fatal;
  if (code == wire::close_code::kUnauthorized) fatal = FatalReason::Unauthorized;
  if (code == wire::close_code::kTokenExpired) fatal = FatalReason::TokenExpired;
  if (code == wire::close_code::kFenced) fatal = FatalReason::Fenced;
  if (code == wire::close_code::kVersion) fatal = FatalReason::Version;
  if (fatal) {
    stop();
    return fatal;
  }
  if (ready() && now - ready_since_ >= limits::kStableAfter) failures_ = 0;
  if (slot_ms_ != kNoSlot) {
    // The server has spread its clients already; jitter on top would only blur its slots.
    wait(std::min<Duration>(std::chrono::milliseconds(slot_ms_), settings.slot_max), now);
  } else {
    wait(backoff(settings, failures_, rng), now);
  }
  slot_ms_ = kNoSlot;
  failures_ = static_cast<std::uint8_t>(std::min<int>(failures_ + 1, UINT8_MAX));
  return std::nullopt;
}

void Link::stop() { *this = Link(); }

void Link::wait(Duration delay, Instant now) {
  state_ = LinkState::Waiting;
  deadline_ = now + delay;
}

}  // namespace starling::client
