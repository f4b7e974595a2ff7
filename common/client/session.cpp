#include "common/client/session.h"

#include <algorithm>
#include <utility>

#include "common/base/assert.h"
#include "common/wire/close_code.h"

namespace starling::client {

Session::Session(const Settings& settings, RoomLender& lender, std::uint64_t seed)
    : settings_(&settings), rng_(seed), rooms_(lender) {}
Session::~Session() = default;
Session::Session(Session&&) noexcept = default;

// ---- restore

void Session::restore_device(DeviceId device, std::uint64_t rooms_version, std::uint64_t items_version) {
  STARLING_ASSERT(state() == LinkState::Stopped);
  device_ = device;
  rooms_version_ = rooms_version;
  items_version_ = items_version;
}

void Session::restore_room(const RoomState& state) { rooms_.restore(state); }

void Session::restore_outbox(wire::Send send) {
  const std::uint32_t i = rooms_.find(send.room);
  STARLING_ASSERT(i != RoomTable::kNone);
  Cseq& last = rooms_.counters(i).last_cseq;
  last = std::max(last, send.cseq);
  outbox_.restore(std::move(send));
}

// ---- the connection

void Session::start(Instant now, Output& out) {
  if (state() != LinkState::Stopped) return;
  connect(now, out);
}

void Session::connect(Instant now, Output& out) {
  STARLING_ASSERT(out.link == Output::Link::Keep);
  link_.connect(now);
  out.link = Output::Link::Connect;
  out.node = link_.take_node();
  out.notices.emplace_back(StateChanged{.state = state()});
}

void Session::on_connected(std::string_view token, std::string_view ticket, Instant now, Output& out) {
  if (state() != LinkState::Connecting) return;
  heard(now);
  const bool by_ticket = link_.authenticate(!ticket.empty());
  out.notices.emplace_back(StateChanged{.state = state()});
  out.frames.emplace_back(wire::Hello{.version = wire::kProtocolVersion,
                                      .token = std::string(by_ticket ? ticket : token),
                                      .rooms_version = rooms_version_,
                                      .agent = settings_->agent,
                                      .items_version = items_version_});
}

void Session::on_disconnected(std::uint16_t code, Instant now, Output& out) {
  if (!link_.open()) return;
  const std::optional<FatalReason> fatal = link_.ended(code, *settings_, now, rng_);
  connection_lost(out);
  out.notices.emplace_back(StateChanged{.state = state(), .close_code = code, .next_attempt = link_.deadline()});
  if (fatal) out.notices.emplace_back(Fatal{.reason = *fatal});
}

/// This side gives the connection up, and tries again later.
void Session::drop_connection(std::uint16_t code, Instant now, Output& out) {
  STARLING_ASSERT(out.link == Output::Link::Keep);
  out.link = Output::Link::Disconnect;
  out.close_code = code;
  on_disconnected(wire::close_code::kNone, now, out);
}

void Session::stop(Output& out) {
  if (state() == LinkState::Stopped) return;
  if (link_.open()) {
    out.link = Output::Link::Disconnect;
    out.close_code = wire::close_code::kNormal;
  }
  link_.stop();
  connection_lost(out);
  out.notices.emplace_back(StateChanged{.state = state()});
}

void Session::stop_for_good(FatalReason reason, Output& out) {
  stop(out);
  out.notices.emplace_back(Fatal{.reason = reason});
}

void Session::connection_lost(Output& out) {
  outbox_.connection_lost();
  syncs_.reset();
  deliveries_.connection_lost(rooms_);
  requests_.connection_lost(out.notices);
  listing_ = false;
  for (RoomCursor& cursor : rooms_.cursors()) {
    cursor.set_sync(SyncState::Idle);
    cursor.listed = cursor.behind = 0;
  }
}

// ---- storage

std::uint64_t Session::persist(PersistOp op, Output& out) {
  if (!settings_->durable) return 0;
  out.persists.push_back({.token = ++persist_issued_, .op = std::move(op)});
  return persist_issued_;
}

void Session::on_persisted(std::uint64_t token, Instant now, Output& out) {
  STARLING_ASSERT(token <= persist_issued_);
  if (token <= persist_done_) return;
  persist_done_ = token;
  if (!link_.ready()) return;
  deliveries_.report(persist_done_, out.frames);
  send_outboxes(now, out);
}

// ---- time

Instant Session::next_deadline() const {
  Instant first = link_.deadline();
  if (!link_.ready()) return first;
  first = std::min({first, syncs_.deadline(), outbox_.deadline(), deliveries_.deadline(), requests_.deadline()});
  return std::min(first, silence_deadline());
}

bool Session::awaits_answer() const {
  const auto asked = [](const RoomCursor& cursor) { return cursor.sync() == SyncState::Asked; };
  return requests_.awaits_page() || outbox_.any_in_flight() ||
         (syncs_.asked_lately() && std::ranges::any_of(rooms_.cursors(), asked));
}

void Session::heard(Instant now) {
  silent_since_ = now;
  unanswered_ = false;
}

void Session::begin_waiting(Instant now) {
  if (!awaits_answer() && !unanswered_) silent_since_ = now;
}

/// Who asked nothing has no reason to be answered: an idle connection's silence does not count.
Instant Session::silence_deadline() const { return awaits_answer() ? silent_since_ + limits::kSilenceMax : kNever; }

void Session::on_time(Instant now, Output& out) {
  if (now >= link_.deadline()) {
    if (state() == LinkState::Waiting) {
      connect(now, out);
    } else {
      drop_connection(wire::close_code::kComingBack, now, out);
    }
    return;
  }
  if (!link_.ready()) return;
  if (now >= silence_deadline()) {
    drop_connection(wire::close_code::kComingBack, now, out);
    return;
  }
  // What is given up or asked again below is still without an answer.
  unanswered_ = unanswered_ || awaits_answer();
  if (now >= deliveries_.deadline()) {
    deliveries_.flush(rooms_, persist_issued_);
    deliveries_.report(persist_done_, out.frames);
  }
  for (const SyncState wait : {SyncState::PutOff, SyncState::Denied}) {
    if (syncs_.take_deferral(wait, now)) want_again(wait);
  }
  if (syncs_.answer_overdue(now)) {
    syncs_.forget_asking();
    want_again(SyncState::Asked);
  }
  send_syncs(now, out);
  outbox_.on_time(now);
  send_outboxes(now, out);
  requests_.on_time(now, out.notices);
  requests_.next_frames(now, out.frames);
}

}  // namespace starling::client
