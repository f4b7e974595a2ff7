#include "loadsim/load/connections.h"

#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>

#include "common/base/assert.h"
#include "common/base/rng.h"
#include "common/wire/close_code.h"
#include "loadsim/load/clock.h"

namespace starling::load {
namespace {

using namespace std::chrono_literals;
using Kind = WsConnection::Arrival::Kind;

constexpr std::uint64_t kHandshakeStream = 0x45;
/// Most of what the server queues for one connection comes with one read.
constexpr std::size_t kReadBytes = std::size_t{256} * 1024;
/// Deadlines of engines are seconds; actions have their own, exact times.
constexpr Duration kTick = 5ms;
constexpr std::uint32_t kWheelSlots = 16384;
/// The server pings after 25 s of silence: when nothing comes for so long, it is asked, and then given up.
constexpr Duration kPingAfter = 40s;
constexpr Duration kDeadAfter = 60s;
/// A slow reader reads so often.
constexpr Duration kSlowSlice = 100ms;
/// 127.0.x.2 and so on: each has 28,000 ports to one server.
constexpr std::uint32_t kSourceAddresses = 8;
/// Who hangs up to come back is back by then: the back-off of a first attempt, and a login.
constexpr Duration kReturnMax = 5s;
/// Outputs that follow from carrying one out: persisted, refused, dropped. More would be a loop.
constexpr int kFollowUpsMax = 16;

}  // namespace

Connections::Connections(UserWorld& world, std::vector<Node> nodes, std::uint32_t first, std::uint32_t count,
                         std::uint32_t source, Instant now)
    : world_(world),
      nodes_(std::move(nodes)),
      first_(first),
      source_(source),
      epoch_(now),
      epoll_(::epoll_create1(EPOLL_CLOEXEC)),
      wheel_(kWheelSlots, 0, NodeOf{&slots_}),
      buffer_(kReadBytes) {
  STARLING_ASSERT(epoll_ >= 0);
  for (std::uint32_t i = 0; i < count; ++i) slots_.emplace_back(world_, first + i);
}

Connections::~Connections() { ::close(epoll_); }

void Connections::start_at(UserSlot& slot, Instant when, Instant now) {
  slot.start_at = when;
  rearm(slot, now);
}

// ---- what the engines ask

void Connections::carry_out(UserSlot& slot, Instant now) {
  for (int i = 0; !out_.empty(); ++i) {
    STARLING_ASSERT(i < kFollowUpsMax);
    slot.user.observe(out_, now);
    bool sent = true;
    for (const wire::ClientFrame& frame : out_.frames) sent = sent && send(slot, frame);
    const client::Output::Link link = out_.link;
    const std::uint32_t wanted = out_.node;
    const std::uint16_t code = out_.close_code;
    const std::uint64_t persisted = out_.persists.empty() ? 0 : out_.persists.back().token;
    out_.clear();
    if (link == client::Output::Link::Disconnect) {
      slot.link.close(code);
      drop(slot);
    } else if (link == client::Output::Link::Connect) {
      connect(slot, wanted, now);
    } else if (!sent) {
      drop(slot);
      slot.user.session().on_disconnected(wire::close_code::kNone, now, out_);
    }
    if (persisted != 0 && out_.link == client::Output::Link::Keep)
      slot.user.session().on_persisted(persisted, now, out_);
  }
  rearm(slot, now);
}

bool Connections::send(UserSlot& slot, const wire::ClientFrame& frame) {
  encode_scratch_.clear();
  wire::encode(frame, encode_scratch_);
  world_.counters.bytes_out += encode_scratch_.size();
  return slot.link.send(ws::Opcode::Binary, std::as_bytes(std::span(encode_scratch_)), frame_scratch_);
}

/// The one that the server has named. Else they take turns, so that who finds one gone comes to the next.
std::uint32_t Connections::node_for(const UserSlot& slot, std::uint32_t wanted, std::uint32_t attempt) const {
  const auto named = std::ranges::find_if(nodes_, [&](const Node& n) { return wanted != 0 && n.name == wanted; });
  if (named != nodes_.end()) return static_cast<std::uint32_t>(named - nodes_.begin());
  return (slot.user.index() + attempt) % static_cast<std::uint32_t>(nodes_.size());
}

void Connections::connect(UserSlot& slot, std::uint32_t wanted, Instant now) {
  ++world_.counters.connects;
  const std::uint32_t attempt = slot.user.connecting(now);
  slot.node = node_for(slot, wanted, attempt);
  const Endpoint& endpoint = nodes_[slot.node].endpoint;
  in_addr source{};
  if (endpoint.loopback()) source.s_addr = htonl(source_ + slot.user.index() % kSourceAddresses);
  const std::uint64_t seed = draw(world_.seed, kHandshakeStream, slot.user.index(), attempt);
  drop(slot);
  if (now < slot.no_network_until || !slot.link.open(endpoint, source, seed)) {
    slot.user.session().on_disconnected(wire::close_code::kNone, now, out_);
    return;
  }
  slot.last_heard = now;
  slot.pinged = false;
}

/// The socket is closed, or about to be; the engine is told by the caller.
void Connections::drop(UserSlot& slot) {
  slot.link.reset();
  slot.in_epoll = false;
  ++slot.generation;
}

void Connections::lost(UserSlot& slot, std::uint16_t code, Instant now) {
  drop(slot);
  with(slot, now, [&](VirtualUser& user, client::Output& out) { user.session().on_disconnected(code, now, out); });
}

// ---- what the server says

void Connections::on_ready(const epoll_event& event, Instant now) {
  UserSlot& slot = slots_[static_cast<std::uint32_t>(event.data.u64)];
  if (slot.generation != static_cast<std::uint32_t>(event.data.u64 >> 32)) return;
  if ((event.events & EPOLLOUT) != 0 && !slot.link.on_writable(nodes_[slot.node].endpoint)) return lost(slot, 0, now);
  const bool broken = (event.events & (EPOLLHUP | EPOLLERR)) != 0;
  // A reader that does not read still hears of a reset; what was on its way is lost then.
  if (broken && slot.slow.at(now)) return lost(slot, 0, now);
  if (broken || (event.events & EPOLLIN) != 0) return read(slot, now);
  look_for(slot, now);
}

void Connections::read(UserSlot& slot, Instant now) {
  std::size_t most = buffer_.size();
  if (slot.slow.at(now)) {
    most = std::min<std::size_t>(most, slot.slow.bytes_per_s * (kSlowSlice / 1ms) / 1000);
    slot.slow.next_read = now + kSlowSlice;
    if (most == 0) return rearm(slot, now);
  }
  const ssize_t size = ::recv(slot.link.fd(), buffer_.data(), most, 0);
  if (size < 0 && (errno == EAGAIN || errno == EINTR)) return look_for(slot, now);
  if (size <= 0) return lost(slot, 0, now);
  world_.counters.bytes_in += static_cast<std::uint64_t>(size);
  slot.last_heard = now;
  slot.pinged = false;
  take(slot, std::span(buffer_).first(static_cast<std::size_t>(size)), now);
}

void Connections::take(UserSlot& slot, std::span<std::byte> input, Instant now) {
  const std::uint32_t generation = slot.generation;
  while (slot.generation == generation) {
    const WsConnection::Arrival arrival = slot.link.next(input);
    switch (arrival.kind) {
      case Kind::NeedMore:
        return rearm(slot, now);
      case Kind::Opened:
        with(slot, now, [&](VirtualUser& user, client::Output& out) {
          const std::string& ticket = user.ticket();
          user.session().on_connected(ticket.empty() ? world_.tokens.token(user.index()) : std::string(), ticket, now,
                                      out);
        });
        break;
      case Kind::Message:
        if (!take_message(slot, arrival.payload, now)) return;
        break;
      case Kind::Closed:
      case Kind::Broken:
        return lost(slot, arrival.code, now);
    }
  }
}

/// False when the connection is gone.
bool Connections::take_message(UserSlot& slot, std::span<const std::byte> payload, Instant now) {
  const auto frame = decoder_.server(payload);
  if (!frame) {
    if (frame.error() == wire::DecodeError::Ignorable) return true;
    world_.violations.report(
        {.guarantee = check::Guarantee::G8_Integrity,
         .user = slot.user.watch().user(),
         .device = slot.user.watch().device(),
         .text = std::string("the server sent a frame that nobody can read: ") + wire::describe(frame.error())});
    slot.link.close(wire::close_code::kProtocolError);
    lost(slot, 0, now);
    return false;
  }
  with(slot, now, [&](VirtualUser& user, client::Output& out) { user.session().on_frame(*frame, now, out); });
  return true;
}

// ---- what befalls them

void Connections::reconnect(UserSlot& slot, Instant now) {
  if (slot.link.state() == WsConnection::State::Closed) return;
  slot.link.close(wire::close_code::kNormal);
  slot.away_until = now + kReturnMax;
  lost(slot, 0, now);
}

void Connections::disconnect(UserSlot& slot, bool abrupt, Duration span, Instant now) {
  slot.no_network_until = now + span;
  if (slot.link.state() == WsConnection::State::Closed) return;
  if (abrupt) slot.link.abort();
  lost(slot, 0, now);
}

void Connections::crash(UserSlot& slot, Instant now) {
  drop(slot);
  slot.user.crash();
  with(slot, now, [&](VirtualUser& user, client::Output& out) { user.session().start(now, out); });
}

void Connections::slow(UserSlot& slot, SlowReading how, Instant now) {
  slot.slow = how;
  rearm(slot, now);
}

// ---- time

std::uint32_t Connections::tick_of(Instant when) const {
  return static_cast<std::uint32_t>((std::max(when, epoch_) - epoch_ + kTick - 1ns) / kTick);
}

Instant Connections::next_deadline() const {
  const std::uint32_t tick = wheel_.next_tick();
  return tick == TimerNode::kNone ? kNever : epoch_ + kTick * tick;
}

void Connections::on_time(Instant now) {
  wheel_.advance(static_cast<std::uint32_t>((now - epoch_) / kTick),
                 [&](std::uint32_t index) { due(slots_[index], now); });
}

void Connections::due(UserSlot& slot, Instant now) {
  if (now >= slot.start_at) {
    slot.start_at = kNever;
    with(slot, now, [&](VirtualUser& user, client::Output& out) { user.session().start(now, out); });
  }
  if (now >= slot.user.session().next_deadline()) {
    with(slot, now, [&](VirtualUser& user, client::Output& out) { user.session().on_time(now, out); });
  }
  watch_silence(slot, now);
  rearm(slot, now);
}

void Connections::watch_silence(UserSlot& slot, Instant now) {
  if (slot.link.state() != WsConnection::State::Open || slot.slow.at(now)) return;
  if (now - slot.last_heard >= kDeadAfter) {
    slot.link.abort();
    lost(slot, 0, now);
  } else if (now - slot.last_heard >= kPingAfter && !slot.pinged) {
    slot.pinged = true;
    if (!slot.link.send(ws::Opcode::Ping, {}, frame_scratch_)) lost(slot, 0, now);
  }
}

/// What epoll reports of the connection: reading stops while a slow reader is between two reads.
void Connections::look_for(UserSlot& slot, Instant now) {
  if (slot.link.state() == WsConnection::State::Closed) return;
  const bool paused = slot.slow.at(now) && now < slot.slow.next_read;
  const bool never = slot.slow.at(now) && slot.slow.bytes_per_s == 0;
  const std::uint32_t wanted =
      (paused || never ? 0u : std::uint32_t{EPOLLIN}) | (slot.link.wants_to_write() ? std::uint32_t{EPOLLOUT} : 0u);
  if (slot.in_epoll && slot.looks_for == wanted) return;
  epoll_event event{.events = wanted};
  event.data.u64 = std::uint64_t{slot.generation} << 32 | number_of(slot);
  ::epoll_ctl(epoll_, slot.in_epoll ? EPOLL_CTL_MOD : EPOLL_CTL_ADD, slot.link.fd(), &event);
  slot.in_epoll = true;
  slot.looks_for = wanted;
}

void Connections::rearm(UserSlot& slot, Instant now) {
  look_for(slot, now);
  Instant next = std::min(slot.start_at, slot.user.session().next_deadline());
  if (slot.link.state() == WsConnection::State::Open) {
    next = std::min(next, slot.last_heard + (slot.pinged ? kDeadAfter : kPingAfter));
  }
  if (now < slot.slow.until && slot.slow.from != kNever) {
    const Instant ended = slot.slow.bytes_per_s == 0 ? slot.slow.until : std::min(slot.slow.next_read, slot.slow.until);
    next = std::min(next, now < slot.slow.from ? slot.slow.from : std::max(ended, now));
  }
  if (next == kNever) {
    wheel_.disarm(number_of(slot));
  } else {
    wheel_.arm(number_of(slot), tick_of(next));
  }
}

}  // namespace starling::load
