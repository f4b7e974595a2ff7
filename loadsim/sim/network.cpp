#include "loadsim/sim/network.h"

#include <algorithm>
#include <span>
#include <utility>

#include "common/base/assert.h"
#include "common/ws/frame.h"

namespace starling::sim {
namespace {

/// A writer's turn: what is queued within it leaves in one write.
constexpr Duration kWriterTurn = 100us;
/// A reader that does not read at all is looked at this often.
constexpr Duration kStalledLook = 500ms;

/// Calls piece(bytes) for each of one to four parts of `bytes`.
template <class Piece>
void cut_anywhere(std::span<const std::byte> bytes, std::uint64_t random, Piece&& piece) {
  for (std::uint64_t parts = 1 + random % 4; parts > 1 && bytes.size() > 1; --parts) {
    random = mix64(random);
    const std::size_t size = 1 + scale(random, bytes.size() - 1);
    piece(bytes.first(size));
    bytes = bytes.subspan(size);
  }
  piece(bytes);
}

}  // namespace

Duration Network::latency(std::uint32_t device) {
  const Span span = context_->options.link_latency;
  const Duration base = within(span, context_->draw_at(Stream::Latency, device + 1, links_[device].attempt));
  const auto jitter = static_cast<std::uint64_t>(base.count() / 4);
  return base +
         Duration(static_cast<Duration::rep>(scale(context_->next_draw(Stream::Latency, 0, latencies_), jitter + 1)));
}

/// When what leaves now gets there: behind what left before, and not while the line is stalled.
Instant Network::arrival(std::uint32_t device, Instant& until) {
  const Link& link = links_[device];
  const Instant now = context_->now();
  if (now < link.stalled_until) ++context_->tally(users::FaultKind::Cut).effective;
  until = std::max({until, now + latency(device), link.stalled_until});
  return until;
}

std::uint32_t Network::dial(std::uint32_t device) {
  const Link& last = links_[device];
  Link link{.attempt = last.attempt + 1,
            .client_end = true,
            .bytes_per_s = last.bytes_per_s,
            .slow_until = last.slow_until,
            .stalled_until = last.stalled_until,
            .unreachable_until = last.unreachable_until};
  const std::uint64_t random = context_->draw_at(Stream::Dial, device + 1, link.attempt);
  if (scale(random, 100) < context_->options.byte_links_percent) link.parsers = std::make_unique<Link::Parsers>();
  links_[device] = std::move(link);
  return links_[device].attempt;
}

// ---- up

void Network::send_up(std::uint32_t device, const wire::ClientFrame& frame) {
  Link& link = links_[device];
  if (link.broken || !link.client_end) return;
  scratch_.clear();
  wire::encode(frame, scratch_);
  const auto payload = std::as_bytes(std::span(scratch_));
  if (link.parsers == nullptr) {
    auto decoded = decoder_.client(payload);
    STARLING_ASSERT(decoded.has_value());  // the engine never says what the codec refuses
    link.up.push_back({.frame = std::move(*decoded)});
    context_->wheel.schedule(arrival(device, link.up_until), Happening::LinkUp, device, link.attempt);
    return;
  }
  std::vector<std::byte> bytes;
  ws::append_client_frame(bytes, ws::Opcode::Binary, payload, {static_cast<std::uint32_t>(random())});
  cut_anywhere(bytes, random(), [&](std::span<const std::byte> piece) {
    link.up.push_back({.bytes = {piece.begin(), piece.end()}});
    context_->wheel.schedule(arrival(device, link.up_until), Happening::LinkUp, device, link.attempt);
  });
}

void Network::take_up(std::uint32_t device, std::uint64_t attempt, std::vector<wire::ClientFrame>& frames) {
  Link& link = links_[device];
  if (link.attempt != attempt || link.broken || link.up.empty()) return;
  Link::Up up = std::move(link.up.front());
  link.up.pop_front();
  if (link.parsers == nullptr) {
    frames.push_back(std::move(up.frame));
    return;
  }
  std::span<std::byte> input(up.bytes);
  for (;;) {
    const ws::Item item = link.parsers->server.next(input);
    if (item.kind == ws::Item::Kind::NeedMore) return;
    STARLING_ASSERT(item.kind == ws::Item::Kind::Message);
    auto decoded = decoder_.client(item.payload);
    STARLING_ASSERT(decoded.has_value());
    frames.push_back(std::move(*decoded));
  }
}

void Network::hang_up(std::uint32_t device) {
  Link& link = links_[device];
  if (!std::exchange(link.client_end, false) || link.broken) return;
  context_->wheel.schedule(arrival(device, link.up_until), Happening::ServerNotices, device, link.server_key());
}

// ---- down

void Network::send_down(std::uint32_t device, const DownFrame& frame) {
  Link& link = links_[device];
  if (!link.server_end || link.closing) return;
  link.outbox.push_back(frame);
  link.outbox_bytes += frame.bytes();
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
    ++context_->tally(users::FaultKind::ClientSlow).effective;
    wait = kStalledLook;
    if (link.bytes_per_s != 0) {
      const std::uint64_t ns = link.outbox.front().bytes() * 1'000'000'000ull / link.bytes_per_s;
      wait = std::max(kWriterTurn, Duration(static_cast<Duration::rep>(ns)));
    }
    wait = std::min(wait, link.slow_until - now);  // the rest goes at once
  }
  context_->wheel.schedule(now + wait, Happening::LinkDrained, device, link.attempt);
}

std::uint32_t Network::drain(std::uint32_t device, std::uint64_t attempt) {
  Link& link = links_[device];
  if (link.attempt != attempt) return 0;
  link.drain_scheduled = false;
  if (!link.server_end && !link.closing) return 0;
  const bool slow = link.slow(context_->now());
  const bool stalled = slow && link.bytes_per_s == 0;
  std::uint32_t bytes = 0;
  std::vector<std::byte> written;
  while (!stalled && !link.broken && !link.outbox.empty()) {
    bytes += link.outbox.front().bytes();
    to_wire(device, std::move(link.outbox.front()), written);
    link.outbox.pop_front();
    if (slow) break;
  }
  if (!written.empty()) write_bytes(device, written);
  link.outbox_bytes -= bytes;
  if (!link.broken) schedule_drain(device);
  if (link.closing && link.outbox.empty()) schedule_hang_up(device);
  return bytes;
}

void Network::to_wire(std::uint32_t device, DownFrame frame, std::vector<std::byte>& written) {
  Link& link = links_[device];
  if (link.parsers != nullptr) {
    ws::append_server_frame(written, ws::Opcode::Binary, frame.raw.payload());
    return;
  }
  link.down.push_back({.frame = std::move(frame.frame)});
  context_->wheel.schedule(arrival(device, link.down_until), Happening::LinkDown, device, link.attempt);
}

void Network::write_bytes(std::uint32_t device, std::span<const std::byte> bytes) {
  Link& link = links_[device];
  cut_anywhere(bytes, random(), [&](std::span<const std::byte> piece) {
    link.down.push_back({.bytes = {piece.begin(), piece.end()}});
    context_->wheel.schedule(arrival(device, link.down_until), Happening::LinkDown, device, link.attempt);
  });
}

void Network::take_down(std::uint32_t device, std::uint64_t attempt,
                        std::vector<std::shared_ptr<const wire::ServerFrame>>& frames) {
  Link& link = links_[device];
  if (link.attempt != attempt || link.broken || !link.client_end || link.down.empty()) return;
  Link::Down down = std::move(link.down.front());
  link.down.pop_front();
  if (link.parsers == nullptr) {
    frames.push_back(std::move(down.frame));
    return;
  }
  std::span<std::byte> input(down.bytes);
  for (;;) {
    const ws::Item item = link.parsers->client.next(input);
    if (item.kind == ws::Item::Kind::NeedMore) return;
    STARLING_ASSERT(item.kind == ws::Item::Kind::Message);
    auto decoded = decoder_.server(item.payload);
    STARLING_ASSERT(decoded.has_value());
    frames.push_back(std::make_shared<const wire::ServerFrame>(std::move(*decoded)));
  }
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
  context_->wheel.schedule(arrival(device, link.down_until), Happening::HangUp, device, link.attempt);
}

// ---- faults

void Network::slow_down(std::uint32_t device, std::uint64_t bytes_per_s, Instant until) {
  links_[device].bytes_per_s = bytes_per_s;
  links_[device].slow_until = until;
}

void Network::cut(std::uint32_t device, Instant until, std::uint64_t random) {
  Link& link = links_[device];
  if (random % 10 < 3) {
    link.stalled_until = until;
    return;
  }
  link.unreachable_until = until;
  if (!link.client_end && !link.server_end) return;
  ++context_->tally(users::FaultKind::Cut).effective;
  link.broken = true;
  const Instant now = context_->now();
  const std::uint64_t more = mix64(random);
  // The device's own network tells it at once, or nobody does: then pings and silence.
  const Span client = more % 2 == 0 ? Span{1ms, 200ms} : Span{5s, 25s};
  context_->wheel.schedule(now + within(client, mix64(more)), Happening::ClientNotices, device, link.attempt);
  context_->wheel.schedule(now + within({1s, 35s}, mix64(more ^ 1)), Happening::ServerNotices, device,
                           link.server_key());
}

void Network::reset_all() {
  for (std::uint32_t device = 0; device < links_.size(); ++device) {
    Link& link = links_[device];
    if (link.broken || (!link.client_end && !link.server_end)) continue;
    link.broken = true;
    context_->wheel.schedule(context_->now() + 1ms, Happening::ClientNotices, device, link.attempt);
    context_->wheel.schedule(context_->now() + 1ms, Happening::ServerNotices, device, link.server_key());
  }
}

void Network::heal() {
  const Instant now = context_->now();
  for (std::uint32_t device = 0; device < links_.size(); ++device) {
    Link& link = links_[device];
    link.slow_until = link.stalled_until = link.unreachable_until = now;
    if (link.drain_scheduled) context_->wheel.schedule(now, Happening::LinkDrained, device, link.attempt);
    if (!link.broken) continue;
    context_->wheel.schedule(now + 1s, Happening::ClientNotices, device, link.attempt);
    context_->wheel.schedule(now + 1s, Happening::ServerNotices, device, link.server_key());
  }
}

}  // namespace starling::sim
