// Events to the sessions that are in a room, and heads to those that only want to know.
#include <utility>

#include "common/base/mutant.h"
#include "common/base/probe.h"
#include "server/core/room_locals.h"

namespace starling::core {

void RoomLocals::on(ports::EventsPublished&& published) {
  RoomLocal* local = find(published.room);
  if (local == nullptr) return links_.post(turn_.home(published.room), ports::LeaveRoom{published.room});
  if (!local->ready) return;  // the answer to the registration will say how far the log is
  if (published.epoch > local->epoch) return learn_epoch(*local);
  for (wire::Event& event : published.events) {
    if (event.seq <= local->last) continue;
    if (event.seq != local->last.next()) return fetch(*local);
    deliver(*local, std::move(event));
  }
}

/// `event` is the next one. Encoded once, it is shared by all who get it now.
void RoomLocals::deliver(RoomLocal& local, wire::Event&& event) {
  local.hash = wire::fold(local.hash, event);
  local.last = event.seq;
  local.msg_no = event.msg_no;
  const wire::EventKind kind = event.kind;
  const UserId subject = event.subject;
  const bool of_older = kind != wire::EventKind::Message && event.target;
  if (!local.live.empty()) {
    const std::size_t before = turn_.out->recipients.size();
    const ports::SharedFrame frame = turn_.encode(std::move(event));
    sessions_.fan_out(local.live, frame, [&](std::size_t at) { return fall_behind(local, at, local.last); });
    turn_.counters.events_delivered += turn_.out->recipients.size() - before;
  }
  if (!local.quiet.empty()) heads_moved(local);
  if (local.extras != nullptr) {
    probe(Probe::register_buffered_live, !local.extras->syncs.empty() || !local.extras->catch_ups.empty());
  }
  if (of_older) outdate_history(local);
  if (kind == wire::EventKind::Delete) pages_.forget(local.id);
  if (wire::ends_membership(kind)) remove_user(local, subject, local.last);
}

/// The session at live[at] cannot take event `seq` now. True when it has left the list. Must send nothing.
bool RoomLocals::fall_behind(RoomLocal& local, std::size_t at, Seq seq) {
  if (mutant(Mutant::M16_SlowConsumerDropsOldest)) return false;
  const std::uint32_t session = local.live[at];
  probe(Probe::slow_to_catchup);
  sessions_.lag(session);
  ++sessions_.at(session).catch_ups;
  membership(session, local).stage = Stage::CatchUp;
  extras(local).catch_ups.push_back({.session = session, .next = seq, .acked = seq.prev()});
  local.live[at] = local.live.back();
  local.live.pop_back();
  return true;
}

void RoomLocals::heads_moved(RoomLocal& local) {
  if (local.heads_dirty) return;
  local.heads_dirty = true;
  heads_dirty_.push_back(local.id);
  turn_.schedule.arm(Chore::Heads, turn_.now.at + std::chrono::milliseconds(turn_.config.heads_interval_ms));
}

void RoomLocals::flush_heads() {
  for (const RoomId room : std::exchange(heads_dirty_, {})) {
    RoomLocal* local = find(room);
    if (local == nullptr) continue;
    local->heads_dirty = false;
    const wire::Head head{.room = room, .epoch = local->epoch, .seq = local->last, .msg_no = local->msg_no};
    const ports::SharedFrame frame = turn_.encode(head);
    std::vector<std::uint32_t> recipients;
    for (const std::uint32_t session : local->quiet) {
      if (membership(session, *local).mode == wire::SyncMode::Heads) recipients.push_back(session);
    }
    // Who cannot take it now hears of it a second later.
    sessions_.fan_out(recipients, frame, [&](std::size_t) {
      heads_moved(*local);
      return false;
    });
  }
}

void RoomLocals::on(const ports::TypingRelayed& typing) {
  RoomLocal* local = find(typing.room);
  if (local == nullptr || local->live.size() > turn_.config.typing_per_room_max) return;
  std::vector<std::uint32_t> recipients;
  for (const std::uint32_t session : local->live) {
    // The first thing that a reader who is behind does without.
    const bool busy = sessions_.queued(session) > turn_.config.outbox_bytes_soft / 4;
    if (!busy && sessions_.at(session).user != typing.user) recipients.push_back(session);
  }
  if (recipients.empty()) return;
  const ports::SharedFrame frame = turn_.encode(wire::TypingNotice{.room = typing.room, .user = typing.user});
  sessions_.fan_out(recipients, frame, [](std::size_t) { return false; });
}

}  // namespace starling::core
