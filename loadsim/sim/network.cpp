#include "loadsim/sim/network.h"

#include <algorithm>
#include <span>
#include <utility>

#include "common/base/assert.h"

namespace starling::sim {
namespace {

/// A writer's turn: what is queued within it leaves in one write.
constexpr Duration kWriterTurn = 100us;
/// A reader that does not read at all is looked at this often.
constexpr Duration kStalledLook = 500ms;

}  // namespace

Duration Network::latency(std::uint32_t device) {
  const Span span = context_->options.link_latency;
  const Duration base = within(span, context_->draw_at(Stream::Latency, device + 1, links_[device].attempt));
  const auto jitter = static_cast<std::uint64_t>(base.count() / 4);
  return base +
         Duration(static_cast<Duration::rep>(scale(context_->next_draw(Stream::Latency, 0, latencies_), jitter + 1)));
}

std::uint32_t Network::dial(std::uint32_t device) {
  Link& link = links_[device];
  const std::uint32_t attempt = link.attempt + 1;
  const std::uint64_t pace = link.bytes_per_s;
  const Instant slow_until = link.slow_until;
  link = Link{.attempt = attempt, .client_end = true, .bytes_per_s = pace, .slow_until = slow_until};
  return attempt;
}

void Network::send_up(std::uint32_t device, const wire::ClientFrame& frame) {
  Link& link = links_[device];
  if (link.broken || !link.client_end) return;
  scratch_.clear();
  wire::encode(frame, scratch_);
  const auto decoded = decoder_.client(std::as_bytes(std::span(scratch_)));
  STARLING_ASSERT(decoded.has_value());  // the engine never says what the codec refuses
  link.up.push_back(*decoded);
  link.up_until = std::max(link.up_until, context_->now() + latency(device));
  context_->wheel.schedule(link.up_until, Happening::LinkUp, device, link.attempt);
}

bool Network::take_up(std::uint32_t device, std::uint64_t attempt, wire::ClientFrame& frame) {
  Link& link = links_[device];
  if (link.attempt != attempt || link.broken || link.up.empty()) return false;
  frame = std::move(link.up.front());
  link.up.pop_front();
  return true;
}

void Network::send_down(std::uint32_t device, const DownFrame& frame) {
  Link& link = links_[device];
  if (!link.server_end || link.closing) return;
  link.outbox.push_back(frame);
  link.outbox_bytes += frame.bytes;
  const std::uint64_t bound = context_->options.config.outbox_bytes_hard + 64 * 1024;
  if (link.outbox_bytes > bound) {
    context_->violations.report({.guarantee = check::Guarantee::G14_BoundedMemory,
                                 .text = "link " + std::to_string(device) + ": " + std::to_string(link.outbox_bytes) +
                                         " bytes are queued for one connection"});
  }
  schedule_drain(device);
}

void Network::schedule_drain(std::uint32_t device) {
  Link& link = links_[device];
  if (link.drain_scheduled || link.outbox.empty()) return;
  link.drain_scheduled = true;
  const Instant now = context_->now();
  Duration wait = kWriterTurn;
  if (link.slow(now)) {
    wait = kStalledLook;
    if (link.bytes_per_s != 0) {
      wait = Duration(static_cast<Duration::rep>(link.outbox.front().bytes * 1'000'000'000ull / link.bytes_per_s));
    }
  }
  context_->wheel.schedule(now + wait, Happening::LinkDrained, device, link.attempt);
}

std::uint32_t Network::drain(std::uint32_t device, std::uint64_t attempt) {
  Link& link = links_[device];
  if (link.attempt != attempt) return 0;
  link.drain_scheduled = false;
  if (!link.server_end && !link.closing) return 0;
  const bool slow = link.slow(context_->now());
  std::uint32_t bytes = 0;
  const bool stalled = slow && link.bytes_per_s == 0;
  while (!stalled && !link.outbox.empty()) {
    bytes += link.outbox.front().bytes;
    to_wire(device, std::move(link.outbox.front()));
    link.outbox.pop_front();
    if (slow) break;
  }
  link.outbox_bytes -= bytes;
  schedule_drain(device);
  if (link.closing && link.outbox.empty()) schedule_hang_up(device);
  return bytes;
}

void Network::to_wire(std::uint32_t device, DownFrame frame) {
  Link& link = links_[device];
  if (link.broken) return;
  link.down.push_back(std::move(frame));
  link.down_until = std::max(link.down_until, context_->now() + latency(device));
  context_->wheel.schedule(link.down_until, Happening::LinkDown, device, link.attempt);
}

void Network::close_down(std::uint32_t device, std::uint16_t code) {
  Link& link = links_[device];
  if (!link.server_end) return;
  link.server_end = false;
  link.closing = true;
  link.close_code = code;
  // A reader that is too slow does not get to read the rest.
  if (link.slow(context_->now())) {
    link.outbox.clear();
    link.outbox_bytes = 0;
  }
  if (link.outbox.empty()) schedule_hang_up(device);
}

void Network::schedule_hang_up(std::uint32_t device) {
  Link& link = links_[device];
  link.down_until = std::max(link.down_until, context_->now() + latency(device));
  context_->wheel.schedule(link.down_until, Happening::HangUp, device, link.attempt);
}

bool Network::take_down(std::uint32_t device, std::uint64_t attempt, DownFrame& frame) {
  Link& link = links_[device];
  if (link.attempt != attempt || link.broken || !link.client_end || link.down.empty()) return false;
  frame = std::move(link.down.front());
  link.down.pop_front();
  return true;
}

void Network::slow_down(std::uint32_t device, std::uint64_t bytes_per_s, Instant until) {
  links_[device].bytes_per_s = bytes_per_s;
  links_[device].slow_until = until;
}

}  // namespace starling::sim
