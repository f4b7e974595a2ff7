// What people do: the personas of a scenario, in rooms that all are followed wholly.
#include <algorithm>
#include <utility>

#include "common/base/assert.h"
#include "common/wire/limits.h"
#include "loadsim/crowd/people.h"
#include "loadsim/users/persona.h"

namespace starling::crowd {
namespace {

constexpr std::uint32_t kScrollEvents = 50;

}  // namespace

std::uint64_t People::choice(std::uint32_t user, std::uint64_t among) {
  return scale(context_->draw_at(Stream::Choice, entity(user), ++actors_[people_[user].actor].choices), among);
}

void People::on_act(std::uint32_t user, std::uint32_t n) {
  if (!acting_) return;
  const users::Persona& persona = context_->options.scenario.persona_of(user);
  act(user, users::nth_step(persona, seed_of_acts(), user, n).action);
  const std::uint32_t next = n + 1;
  const Duration wait = users::nth_step(persona, seed_of_acts(), user, next).wait;
  context_->wheel.schedule(context_->now() + wait, What::Acts, user, next);
}

void People::act(std::uint32_t user, users::Action action) {
  Person& p = people_[user];
  Actor& actor = actors_[p.actor];
  const std::uint32_t pass = actor.open;
  Doing& d = doing(p, pass);
  switch (action) {
    case users::Action::Send:
      return write(user, pass, wire::EventKind::Message, 0);
    case users::Action::Reply:
      return write(user, pass, wire::EventKind::Message, d.newest);
    case users::Action::React:
      if (d.newest == 0) return;
      d.reacted = d.newest;
      return write(user, pass, wire::EventKind::ReactionAdd, d.reacted);
    case users::Action::Unreact:
      if (d.reacted == 0) return;
      return write(user, pass, wire::EventKind::ReactionRemove, std::exchange(d.reacted, 0));
    default:
      break;
  }
  if (p.link != Link::Ready) return;
  switch (action) {
    case users::Action::MarkRead:
      return mark_read(user, pass);
    case users::Action::Typing:
      return send(user, wire::Typing{.room = room_id(user, pass)});
    case users::Action::Scroll:
      return send(user, wire::HistoryRequest{.request_id = ++actor.page,
                                             .room = room_id(user, pass),
                                             .from = Seq(d.newest),
                                             .limit = kScrollEvents,
                                             .floor = seat(user, pass).seen.floor()});
    case users::Action::SwitchRoom:
      actor.open = static_cast<std::uint8_t>(choice(user, passes_));
      return mark_read(user, actor.open);
    case users::Action::Reconnect:
      cluster_->notice(line(p), context_->now() + cluster_->latency(user, p.attempt));
      return lost(user);
    default:
      STARLING_ASSERT(false);
  }
}

void People::write(std::uint32_t user, std::uint32_t pass, wire::EventKind kind, std::uint32_t target) {
  Person& p = people_[user];
  auto& outbox = actors_[p.actor].outbox;
  Doing& d = doing(p, pass);
  // Who sees sixteen messages waiting writes no more, nor one that would be so far ahead of the oldest one's answer.
  const auto oldest = std::ranges::find(outbox, pass, &Pending::pass);
  const bool ahead =
      oldest != outbox.end() && d.minted.value + 1 - oldest->cseq.value >= wire::limits::kInFlightPerRoomMax;
  if (ahead || outbox.size() >= wire::limits::kInFlightPerRoomMax) return;
  d.minted = d.minted.next();
  ++context_->tally.sends;
  outbox.push_back({.cseq = d.minted, .kind = kind, .pass = static_cast<std::uint8_t>(pass), .target = target});
  if (p.link == Link::Ready && (p.synced >> pass & 1) != 0) send_pending(user, outbox.back());
}

void People::send_pending(std::uint32_t user, Pending& pending) {
  const std::uint32_t room = plan_->place_of(user, pending.pass).room;
  const Written written{.room = room, .user = user, .cseq = pending.cseq, .kind = pending.kind};
  if (pending.tried) ++context_->tally.resends;
  pending.sent = pending.tried = true;
  pending.waits = 0;
  send(user, wire::Send{.room = plan_->room_id(room),
                        .epoch = seat(user, pending.pass).seen.epoch(),
                        .cseq = pending.cseq,
                        .client_msg_id = words_->name(written),
                        .kind = pending.kind,
                        .target = Seq(pending.target),
                        .body = words_->body(written)});
}

void People::send_outbox(std::uint32_t user, std::uint32_t pass) {
  const Person& p = people_[user];
  if (p.link != Link::Ready || (p.synced >> pass & 1) == 0) return;
  for (Pending& each : actors_[p.actor].outbox) {
    if (each.pass == pass) send_pending(user, each);
  }
}

void People::mark_read(std::uint32_t user, std::uint32_t pass) {
  Doing& d = doing(people_[user], pass);
  const Seat& s = seat(user, pass);
  const auto seq = static_cast<std::uint32_t>(s.seen.cursor().value);
  if (seq <= d.marked || d.newest == 0) return;
  d.marked = seq;
  send(user, wire::ReadMark{.room = room_id(user, pass), .seq = Seq(seq), .msg_no = 1});
}

}  // namespace starling::crowd
