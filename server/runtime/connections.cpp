#include "server/runtime/connections.h"

#include <sys/socket.h>
#include <unistd.h>

#include "server/runtime/close_codes.h"
#include "server/runtime/control_frames.h"
#include "server/runtime/transport.h"

namespace starling::runtime {

namespace {

/// Overdue is something that the peer has to say.
bool is_word_of_peer(Overdue overdue) {
  return overdue == Overdue::Upgrade || overdue == Overdue::Hello || overdue == Overdue::Message ||
         overdue == Overdue::Dead;
}

}  // namespace

Connections::Connections(NodeContext& node, CoreDriver& core, Stats& stats, Instant start)
    : node_(node),
      core_(core),
      stats_(stats),
      writer_(table_, poller_, stats, node.config.writes_per_turn_max),
      deadlines_(table_, node.config.timeouts, start) {}

Connections::~Connections() {
  table_.for_each([](Connection& c) { ::close(c.fd); });
}

void Connections::open(int fd, bool spare) {
  Connection& c = table_.open(fd);
  c.spare = spare;
  ++stats_.accepted;
  node_.unauthenticated.fetch_add(1, std::memory_order_relaxed);
  if (!poller_.add(fd, c.id)) {
    ++stats_.refused;
    return destroy(c);
  }
  if (node_.tls) c.tls = std::make_unique<TlsStream>(*node_.tls, fd);
  deadlines_.enter(c, Phase::Upgrading);
}

void Connections::admitted(Connection& c, Duration left) {
  c.in_core = true;
  c.admitted = true;
  node_.unauthenticated.fetch_sub(1, std::memory_order_relaxed);
  c.parser.allow_messages_of(ws::Limits{}.message_bytes_max);
  deadlines_.enter(c, Phase::Open);
  deadlines_.expires_in(c, left);
}

void Connections::asked(Connection& c) {
  c.deaf = true;
  ++answering_;
  deadlines_.enter(c, Phase::Answering);
}

void Connections::leave_core(Connection& c, bool left) {
  if (!c.in_core) return;
  c.in_core = false;
  core_.on(core::Disconnected{.conn = c.id, .left = left});
}

void Connections::close(Connection& c, std::uint16_t code, std::string_view text, bool left) {
  if (c.phase == Phase::Closing) return;
  // Before the upgrade there is no WebSocket to close.
  if (c.phase == Phase::Upgrading || c.phase == Phase::Answering) return destroy(c);
  // What a slow reader has not begun to read it will fetch from the log. TLS may have half a record on its way.
  if (code == close_code::kSlowReader && !c.tls) c.outbox.drop_unstarted();
  send(c, close_frame(code, text));
  enter_closing(c, left);
}

void Connections::close_after(Connection& c, ports::SharedFrame last, bool left) {
  if (c.phase == Phase::Closing) return;
  send(c, std::move(last));
  c.deaf = true;
  c.close_after_flush = true;
  enter_closing(c, left);
}

void Connections::peer_ended(Connection& c) {
  // Some end their side with the request's last byte. Twice is the end of both sides.
  const bool waits = c.phase == Phase::Answering && !c.ended;
  if (!waits && (c.phase != Phase::Closing || c.outbox.empty())) return destroy(c);
  // What was said to it last is still on its way.
  c.ended = true;
  if (!waits) c.close_after_flush = true;
  poller_.watch(c.fd, c.id, false, c.blocked);
}

void Connections::closed_by_both(Connection& c) {
  c.deaf = true;
  if (c.outbox.empty()) return finish_sending(c);
  c.close_after_flush = true;
}

void Connections::enter_closing(Connection& c, bool left) {
  if (c.phase == Phase::Answering) --answering_;
  ++closing_;
  deadlines_.enter(c, Phase::Closing);
  leave_core(c, left);
}

void Connections::destroy(Connection& c, bool left) {
  if (!c.admitted) node_.unauthenticated.fetch_sub(1, std::memory_order_relaxed);
  if (c.phase == Phase::Closing) --closing_;
  if (c.phase == Phase::Answering) --answering_;
  const ConnId id = c.id;
  const bool was_in_core = c.in_core;
  deadlines_.forget(c);
  ::close(c.fd);
  (c.spare ? node_.spares : node_.connections).fetch_sub(1, std::memory_order_relaxed);
  table_.release(c);
  if (was_in_core) core_.on(core::Disconnected{.conn = id, .left = left});
}

bool Connections::flush() {
  return writer_.flush([this](const Writer::Flushed& flushed) { on_flushed(flushed); });
}

void Connections::on_flushed(const Writer::Flushed& flushed) {
  Connection& c = flushed.connection;
  if (flushed.broken) return destroy(c);
  if (flushed.progressed) deadlines_.stalled(c, false);
  if (c.blocked) deadlines_.stalled(c, true);
  if (flushed.payload > 0 && c.in_core) core_.on(core::Drained{c.id, flushed.payload});
  if (c.close_after_flush && c.outbox.empty()) finish_sending(c);
}

void Connections::finish_sending(Connection& c) {
  // Closing at once would answer bytes still on their way to us with a reset, which may eat our last words.
  c.close_after_flush = false;
  if (c.tls) c.tls->shut_down();
  ::shutdown(c.fd, SHUT_WR);
}

void Connections::expire() {
  deadlines_.expire([this](Connection& c, Overdue overdue) { on_overdue(c, overdue); });
}

void Connections::on_overdue(Connection& c, Overdue overdue) {
  if (overdue == Overdue::Silent) return send(c, ping_frame());
  // Who was read just now, and says something again at once, does not say what it should.
  const bool was_read = c.heard == deadlines_.now_tick();
  if (is_word_of_peer(overdue) && !was_read && has_unread(c.fd)) return deadlines_.put_off(c);
  ++stats_.timeouts;
  switch (overdue) {
    case Overdue::Hello:
      // Of a slow client, a slow network or a slow server: nobody's credentials are wrong.
      return close(c, close_code::kSlowReader, "no Hello came in time; send it as the first frame");
    case Overdue::Message:
      return close(c, close_code::kProtocolError, "a started message was not finished in time");
    case Overdue::Expired:
      return close(c, close_code::kTokenExpired, "the token has expired; log in with a new one");
    case Overdue::WriteStalled:
      return close(c, close_code::kSlowReader, "nothing was read for too long; resume", true);
    case Overdue::Dead:
      return destroy(c, true);
    case Overdue::Upgrade:
    case Overdue::Answer:
    case Overdue::CloseHandshake:
    case Overdue::Silent:
    case Overdue::Nothing:
      return destroy(c);
  }
}

}  // namespace starling::runtime
