// What the server says.
#include <algorithm>
#include <chrono>

#include "common/base/probe.h"
#include "common/client/session.h"
#include "common/wire/close_code.h"

namespace starling::client {

void Session::on_frame(const wire::ServerFrame& frame, Instant now, Output& out) {
  if (!link_.open()) return;
  heard(now);
  // Before the Welcome nothing else has a meaning but a word about why there will be none.
  const bool early = !link_.ready();
  if (early && !std::holds_alternative<wire::Welcome>(frame) && !std::holds_alternative<wire::Reconnect>(frame) &&
      !std::holds_alternative<wire::Error>(frame)) {
    return;
  }
  std::visit([&](const auto& each) { handle(each, now, out); }, frame);
}

void Session::handle(const wire::Welcome& frame, Instant now, Output& out) {
  if (state() != LinkState::Authenticating) return;
  if (device_ && device_ != frame.device) {
    // The counters and the outbox are another device's: under this one they would collide.
    stop_for_good(FatalReason::DeviceChanged, out);
    return;
  }
  const bool by_ticket = link_.by_ticket();
  probe(Probe::ticket_resume, by_ticket);
  link_.welcome(now);
  user_ = frame.user;
  device_ = frame.device;
  out.notices.emplace_back(Welcomed{.welcome = &frame, .by_ticket = by_ticket});
  out.notices.emplace_back(StateChanged{.state = state()});
  for (std::uint32_t i = 0; i < rooms_.size(); ++i) {
    if (rooms_.cursor(i).mode() != wire::SyncMode::Off) want_sync(i);
  }
  send_syncs(now, out);
  send_outboxes(now, out);
  requests_.next_frames(now, out.frames);
  watches_.repeat(out.frames);
}

// ---- the log

void Session::handle(const wire::Event& frame, Instant now, Output& out) {
  const std::uint32_t i = rooms_.find(frame.room);
  if (i == RoomTable::kNone || rooms_.cursor(i).shut_out()) {
    // Left, and the pushes up to the removal are still coming: without a word now and then they would wait for credit.
    if (frame.seq.value % limits::kDeliveredEvery == 0) {
      out.frames.emplace_back(wire::Delivered{.rooms = {{.room = frame.room, .seq = frame.seq}}});
    }
    return;
  }
  const RoomCursor& cursor = rooms_.cursor(i);
  if (frame.epoch.value <= cursor.epoch && frame.seq.value <= cursor.seq) {
    ++counters_.redelivered;
    probe(Probe::redelivered_dropped);
    // A repeated Sync named an older cursor, and the server's credit counts from there: without a report of what is there
    // already it would wait for ever.
    deliveries_.applied(rooms_, i, persist_issued_, now);
    deliveries_.report(persist_done_, out.frames);
    return;
  }
  // Until the Sync is answered the server may still follow an older cursor, or push what a Reset will skip.
  if (cursor.sync() != SyncState::Settled) return;
  // An event may have been committed in an earlier epoch than the room is in now; never in a later one.
  if (frame.epoch.value <= cursor.epoch && frame.seq.value == cursor.seq + 1) {
    apply(i, frame, now, out);
    if (wire::ends_membership(frame.kind) && frame.subject == user_) {
      // The server's pushes end here. The user may have been added again since, and no notice need tell the two apart.
      want_sync(i);
      send_syncs(now, out);
    }
    return;
  }
  if (cursor.mode() != wire::SyncMode::Full) return;
  ++counters_.gaps;
  want_sync(i);
  send_syncs(now, out);
}

void Session::apply(std::uint32_t i, const wire::Event& event, Instant now, Output& out) {
  const PrefixHash hash = wire::fold(rooms_.cursor(i).hash, event);
  if (!rooms_.advance(i, hash)) {
    drop_connection(wire::close_code::kProtocolError, now, out);
    return;
  }
  const std::uint64_t token =
      settings_->durable ? persist(PersistEvent{.event = &event, .state = rooms_.state(i)}, out) : 0;
  out.notices.emplace_back(Applied{.event = &event});
  deliveries_.applied(rooms_, i, token, now);
  deliveries_.report(persist_done_, out.frames);
}

void Session::handle(const wire::Head& frame, Instant now, Output& out) {
  const std::uint32_t i = rooms_.find(frame.room);
  if (i == RoomTable::kNone || rooms_.cursor(i).member == 0) return;
  if (rooms_.cursor(i).sync() != SyncState::Settled) return;
  if (frame.epoch.value != rooms_.cursor(i).epoch) {
    if (frame.epoch.value > rooms_.cursor(i).epoch) {
      want_sync(i);
      send_syncs(now, out);
    }
    return;
  }
  if (frame.seq < rooms_.floor(i)) return;  // a head never goes back
  rooms_.raise_floor(i, frame.seq);
  out.notices.emplace_back(HeadMoved{.head = &frame});
}

// ---- answers

void Session::handle(const wire::HistoryPage& frame, Instant, Output& out) {
  if (requests_.take_page(frame.request_id)) out.notices.emplace_back(PageRead{.page = &frame});
}

/// True when the request goes again, later.
bool Session::busy(std::uint64_t request_id, bool is_busy, std::uint32_t retry_after_ms, Instant now) {
  if (!is_busy) return false;
  const auto delay =
      std::clamp<Duration>(std::chrono::milliseconds(retry_after_ms), limits::kRetryAfterMin, limits::kRetryAfterMax);
  requests_.put_off(request_id, now + delay);
  return true;
}

void Session::handle(const wire::RoomCreated& frame, Instant now, Output& out) {
  if (busy(frame.request_id, frame.status == wire::CreateStatus::Busy, frame.retry_after_ms, now)) return;
  if (requests_.take(frame.request_id)) out.notices.emplace_back(RoomMade{.answer = &frame});
}

void Session::handle(const wire::RoomJoined& frame, Instant now, Output& out) {
  if (busy(frame.request_id, frame.status == wire::JoinStatus::Busy, frame.retry_after_ms, now)) return;
  if (requests_.take(frame.request_id)) out.notices.emplace_back(RoomJoined{.answer = &frame});
}

// ---- the user's items

void Session::handle(const wire::Items& frame, Instant, Output& out) {
  if (frame.prev > items_version_) {
    probe(Probe::item_gap);
    out.frames.emplace_back(wire::ReadItems{.after = items_version_});
    return;
  }
  const bool same_history = frame.version >> 32 == items_version_ >> 32;
  const bool back = same_history && frame.version < items_version_;
  if (frame.version == items_version_) return;
  if (frame.prev != 0 && (back || !same_history)) return;  // told before, or of items that are gone
  items_version_ = frame.version;
  persist(PersistItems{.items = &frame}, out);
  out.notices.emplace_back(ItemsChanged{.items = &frame});
  // All there is, and less than was known: the server went back, or a change has overtaken this.
  if (back) out.frames.emplace_back(wire::ReadItems{.after = items_version_});
}

void Session::handle(const wire::ItemPut& frame, Instant now, Output& out) {
  if (busy(frame.request_id, frame.status == wire::PutStatus::Busy, frame.retry_after_ms, now)) return;
  probe(Probe::item_conflict, frame.status == wire::PutStatus::Conflict);
  if (requests_.take(frame.request_id)) out.notices.emplace_back(ItemPut{.answer = &frame});
}

void Session::handle(const wire::ReadMarked& frame, Instant, Output& out) {
  requests_.confirm_mark(frame.room, frame.seq);
  out.notices.emplace_back(ReadMarked{.mark = &frame});
}

void Session::handle(const wire::TypingNotice& frame, Instant, Output& out) {
  out.notices.emplace_back(Typing{.notice = &frame});
}

void Session::handle(const wire::PresenceChanged& frame, Instant, Output& out) {
  out.notices.emplace_back(PresenceSeen{.changed = &frame});
}

void Session::handle(const wire::Receipts& frame, Instant, Output& out) {
  out.notices.emplace_back(ReceiptsSeen{.receipts = &frame});
}

void Session::handle(const wire::Reconnect& frame, Instant, Output&) {
  link_.reconnect_after(frame.after_ms, frame.node);
}

void Session::handle(const wire::Error& frame, Instant, Output& out) {
  out.notices.emplace_back(ServerError{.error = &frame});
}

}  // namespace starling::client
