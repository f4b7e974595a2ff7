// The devices' lines: coming, going, coming back; and what waits for a timer.
#include "loadsim/crowd/people.h"

#include <algorithm>
#include <utility>

#include "common/base/assert.h"

namespace starling::crowd {
namespace {

/// Visits: a handshake, a Sync or a send that has no answer by then is given up or said again.
constexpr std::uint8_t kWaitsMax = 2;
/// Bytes that have left are told at this, or with a visit when there are so many: the server believes in a fuller outbox
/// than there is, never in an emptier one.
constexpr std::uint32_t kUndrainedMax = 16 * 1024;
constexpr std::uint32_t kUndrainedAtVisit = 4 * 1024;
constexpr std::size_t kReasonsMax = 12;

}  // namespace

People::People(Context& context, const Plan& plan, const Words& words, const Log& log, std::uint32_t cluster)
    : context_(&context),
      plan_(&plan),
      words_(&words),
      log_(&log),
      number_(cluster),
      passes_(plan.passes()),
      people_(plan.users()),
      seats_(std::size_t{plan.users()} * plan.passes()) {
  STARLING_ASSERT(passes_ >= 1 && passes_ <= 8);
  // They have been here before: their devices hold their rooms as far as the founders' events.
  std::vector<PrefixHash> founded(plan.rooms());
  for (std::uint32_t room = 0; room < plan.rooms(); ++room) founded[room] = log.founded_hash(room);
  std::uint32_t actors = 0;
  for (std::uint32_t user = 0; user < plan.users(); ++user) {
    for (std::uint32_t pass = 0; pass < passes_; ++pass) {
      seat(user, pass).seen.reset(Epoch(1), log.founded());
      seat(user, pass).hash = founded[plan.place_of(user, pass).room];
    }
    if (context.options.scenario.persona_of(user).acts()) people_[user].actor = actors++;
  }
  actors_.resize(actors);
  doings_.resize(std::size_t{actors} * passes_);
}

RoomId People::room_id(std::uint32_t user, std::uint32_t pass) const {
  return plan_->room_id(plan_->place_of(user, pass).room);
}

/// passes_ when the user is not in the room.
std::uint32_t People::pass_in(std::uint32_t user, RoomId id) const {
  const std::uint32_t room = plan_->room_of(id);
  if (room >= plan_->rooms()) return passes_;
  const std::uint32_t pass = plan_->pass_of(room);
  return plan_->place_of(user, pass).room == room ? pass : passes_;
}

// ---- coming and going

void People::start() {
  const users::Scenario& scenario = context_->options.scenario;
  context_->wheel.schedule(context_->now(), What::Comes, 0);
  for (std::uint32_t user = 0; user < plan_->users(); ++user) {
    if (people_[user].actor == UINT32_MAX) continue;
    const Duration wait = users::nth_step(scenario.persona_of(user), seed_of_acts(), user, 0).wait;
    context_->wheel.schedule(Instant() + scenario.ramp + wait, What::Acts, user);
  }
}

void People::on_comes(std::uint32_t user) {
  dial_after(user, Duration::zero());
  if (user + 1 == plan_->users()) return;
  const Instant next = Instant() + context_->options.scenario.ramp * (user + 1) / plan_->users();
  context_->wheel.schedule(next, What::Comes, user + 1);
}

void People::dial_after(std::uint32_t user, Duration wait) {
  people_[user].link = Link::Dialling;
  people_[user].waits = 0;
  context_->wheel.schedule(context_->now() + wait, What::Dial, user);
}

void People::back_off(std::uint32_t user) {
  Person& p = people_[user];
  const Options& options = context_->options;
  const Duration most = std::min(options.backoff_cap, options.backoff_base * (1u << std::min<unsigned>(p.tries, 6)));
  if (p.tries < UINT8_MAX) ++p.tries;
  dial_after(user, within({1ms, most}, context_->draw_at(Stream::Dial, ~entity(user), p.attempt + (p.tries << 16))));
}

bool People::is_cut(std::uint32_t user) const {
  const Instant now = context_->now();
  return std::any_of(cuts_.begin(), cuts_.end(), [&](const Spell& cut) {
    return now < cut.until && chance(context_->draw_at(Stream::Fault, cut.fault, entity(user)), cut.permille);
  });
}

std::uint64_t People::cut(const Spell& spell) {
  cuts_.push_back(spell);
  std::uint64_t broken = 0;
  for (std::uint32_t user = 0; user < plan_->users(); ++user) {
    const Person& p = people_[user];
    if (p.link < Link::Greeting || !is_cut(user)) continue;
    ++broken;
    const std::uint64_t random = context_->draw_at(Stream::Fault, ~std::uint64_t{spell.fault}, entity(user));
    cluster_->notice(line(p), context_->now() + within({1s, 35s}, random));
    lost(user);
  }
  context_->tally.cut += broken;
  return broken;
}

void People::on_dial(std::uint32_t user) {
  Person& p = people_[user];
  if (p.link != Link::Dialling) return;
  if (is_cut(user)) return back_off(user);
  ++p.attempt;
  context_->wheel.schedule(context_->now() + cluster_->latency(user, p.attempt), What::Login, user, p.attempt);
}

void People::on_login(std::uint32_t user, std::uint32_t attempt) {
  Person& p = people_[user];
  if (p.link != Link::Dialling || p.attempt != attempt) return;
  if (is_cut(user)) return back_off(user);
  const auto line = cluster_->login(user, attempt, {.token = "ticket", .rooms_version = 1, .agent = "crowd"});
  if (!line) return back_off(user);
  p.shard = static_cast<std::uint8_t>(line->shard);
  p.conn = line->conn;
  p.link = Link::Greeting;
  p.waits = 0;
  p.undrained = 0;
}

void People::lost(std::uint32_t user) {
  Person& p = people_[user];
  p.synced = 0;
  p.undelivered = 0;
  p.undrained = 0;
  for (std::uint32_t pass = 0; pass < passes_; ++pass) seat(user, pass).seen.answered();
  if (p.actor != UINT32_MAX) {
    for (Pending& each : actors_[p.actor].outbox) each.sent = false;
  }
  back_off(user);
}

void People::send(std::uint32_t user, wire::ClientFrame&& frame) {
  const Person& p = people_[user];
  cluster_->send_up(user, p.attempt, line(p), std::move(frame));
}

void People::sync(std::uint32_t user, std::uint8_t passes) {
  wire::Sync sync;
  for (std::uint32_t pass = 0; pass < passes_; ++pass) {
    if ((passes >> pass & 1) == 0) continue;
    Seat& s = seat(user, pass);
    s.seen.asked();
    sync.rooms.push_back({.room = room_id(user, pass),
                          .cursor = {.epoch = s.seen.epoch(), .seq = s.seen.cursor(), .hash = s.hash},
                          .floor = s.seen.floor()});
  }
  people_[user].synced = static_cast<std::uint8_t>(people_[user].synced & ~passes);
  people_[user].waits = 0;
  send(user, std::move(sync));
}

// ---- what waits for a timer

void People::visit(std::uint32_t slice) {
  const std::uint64_t users = plan_->users();
  const auto end = static_cast<std::uint32_t>(users * (slice + 1) / kSlices);
  for (auto user = static_cast<std::uint32_t>(users * slice / kSlices); user < end; ++user) visit_one(user);
}

void People::visit_one(std::uint32_t user) {
  Person& p = people_[user];
  if (p.link == Link::Greeting && ++p.waits > kWaitsMax) {
    cluster_->notice(line(p), context_->now());
    return lost(user);
  }
  if (p.link != Link::Ready) return;
  if (p.undrained >= kUndrainedAtVisit) tell_drained(user);
  if (p.link != Link::Ready) return;
  if (p.undelivered != 0) tell_delivered(user);
  const auto missing = static_cast<std::uint8_t>(all_passes() & ~p.synced);
  if (missing != 0 && ++p.waits > kWaitsMax) sync(user, missing);
  if (p.actor == UINT32_MAX) return;
  for (Pending& each : actors_[p.actor].outbox) {
    if ((p.synced >> each.pass & 1) == 0) continue;
    if (each.sent && ++each.waits <= kWaitsMax) continue;
    send_pending(user, each);
  }
}

void People::tell_drained(std::uint32_t user) {
  Person& p = people_[user];
  cluster_->drained(line(p), std::exchange(p.undrained, 0));
}

void People::tell_delivered(std::uint32_t user) {
  wire::Delivered delivered;
  for (std::uint32_t pass = 0; pass < passes_; ++pass) {
    delivered.rooms.push_back({.room = room_id(user, pass), .seq = seat(user, pass).seen.cursor()});
  }
  people_[user].undelivered = 0;
  send(user, std::move(delivered));
}

void People::receive(std::uint32_t user, const Parcel& parcel, Unpacking& unpacking) {
  Person& p = people_[user];
  p.undrained += parcel.bytes;
  if (p.undrained > kUndrainedMax) tell_drained(user);
  if (parcel.event != nullptr) return on_event(user, parcel);
  if (const auto* welcome = std::get_if<wire::Welcome>(&parcel.frame)) return on(user, *welcome);
  if (const auto* synced = std::get_if<wire::Synced>(&parcel.frame)) return on(user, *synced);
  if (const auto* result = std::get_if<wire::SendResult>(&parcel.frame)) return on(user, *result);
  if (const auto* page = std::get_if<wire::HistoryPage>(&parcel.frame)) return on(user, *page, unpacking);
  if (const auto* mark = std::get_if<wire::ReadMarked>(&parcel.frame)) return on(user, *mark);
  // Typing needs nothing; before a Reconnect's or an Error's close, there is nothing to do but wait for it.
}

// ---- the end

std::string People::unrest() const {
  std::string text;
  std::size_t reasons = 0;
  for (std::uint32_t user = 0; user < plan_->users() && reasons < kReasonsMax; ++user) {
    const Person& p = people_[user];
    std::string why;
    if (p.link != Link::Ready) {
      why = "is not connected, state " + std::to_string(static_cast<int>(p.link));
    } else if (p.synced != all_passes()) {
      why = "waits for the answer to a Sync";
    } else if (p.actor != UINT32_MAX && !actors_[p.actor].outbox.empty()) {
      why = std::to_string(actors_[p.actor].outbox.size()) + " messages wait";
    }
    for (std::uint32_t pass = 0; pass < passes_ && why.empty(); ++pass) {
      const std::uint32_t room = plan_->place_of(user, pass).room;
      if (seat(user, pass).seen.cursor() == log_->head(room)) continue;
      why = "room " + std::to_string(plan_->room_id(room).value) + ": cursor " +
            std::to_string(seat(user, pass).seen.cursor().value) + ", the log is at " +
            std::to_string(log_->head(room).value);
    }
    if (why.empty()) continue;
    ++reasons;
    text += "\n  user " + std::to_string(plan_->user_id(user).value) + " " + why;
  }
  return text;
}

void People::sweep() {
  check::Violations& violations = context_->violations;
  for (std::uint32_t room = 0; room < plan_->rooms(); ++room) {
    const check::RoomProof proof(log_->ledger(room));
    proof.check_log(violations);
    const std::uint32_t pass = plan_->pass_of(room);
    for (std::uint32_t at = 0; at < plan_->members(); ++at) {
      const std::uint32_t user = plan_->user_at({.room = room, .seat = at});
      const check::DeviceWatch device({.run = 1, .user = plan_->user_id(user), .device = plan_->device_id(user)},
                                      context_->names, violations);
      check::WatchedRoom seen{.room = plan_->room_id(room), .seen = seat(user, pass).seen};
      if (people_[user].actor != UINT32_MAX) seen.sent = doing(people_[user], pass).sent;
      proof.check_device(device, seen, true, violations);
    }
  }
}

}  // namespace starling::crowd
