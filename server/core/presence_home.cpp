#include "server/core/presence_home.h"

#include <algorithm>
#include <utility>

#include "common/base/mutant.h"
#include "common/base/probe.h"
#include "server/core/sweeps.h"
#include "server/core/user_homes.h"

namespace starling::core {
namespace {
/// Users in one envelope: 48 KB.
constexpr std::size_t kToldAtOnce = 1024;

/// When a shard that has not renewed its watch for a lease is forgotten, between one round and two.
std::uint32_t round_at(const Config& config, Instant now) {
  return static_cast<std::uint32_t>(now.time_since_epoch() / (config.presence_lease * 5 / 4));
}

}  // namespace

Presence* PresenceHome::find(UserId user) {
  const auto slot = index_.find(user.value);
  return slot ? &users_[*slot] : nullptr;
}

Presence& PresenceHome::find_or_add(UserId user) {
  if (Presence* known = find(user)) return *known;
  const std::uint32_t slot = users_.add();
  users_[slot] = {.id = user, .version = ++versions_, .round = round_at(turn_.config, turn_.now.at)};
  index_.set(user.value, slot);
  return users_[slot];
}

/// Not at once: who comes and goes in a moment is not told of.
void PresenceHome::note(Presence& presence) {
  if (std::exchange(presence.dirty, true)) return;
  dirty_.push_back(presence.id);
  const Duration batch = turn_.config.presence_batch;
  turn_.schedule.arm(Chore::Presence, std::max(turn_.now.at + batch / 4, flushed_at_ + batch / 2));
}

void PresenceHome::age(Presence& presence) {
  const std::uint32_t round = round_at(turn_.config, turn_.now.at);
  const std::uint32_t passed = round - std::exchange(presence.round, round);
  if (passed == 0) return;
  const std::uint64_t expired =
      passed == 1 ? presence.watched_before & ~presence.watched : presence.watched_before | presence.watched;
  probe(Probe::presence_watch_expired, expired != 0);
  presence.watched_before = passed == 1 ? presence.watched : 0;
  presence.watched = 0;
}

// ---- from the users' homes

void PresenceHome::changed(UserId user) {
  Presence* presence = find(user);
  if (presence == nullptr) return;
  probe(Probe::presence_debounced, presence->offline_at > turn_.now.at);
  presence->offline_at = {};
  note(*presence);
}

void PresenceHome::left(UserId user, bool for_good) {
  const bool known = index_.contains(user.value);
  Presence& presence = find_or_add(user);
  // Nobody saw whether somebody was there.
  if (!known || presence.version == 0) presence.published = wire::PresenceState::Online;
  presence.idle_sweeps = 0;
  presence.last_seen = turn_.now.wall;
  presence.offline_at = turn_.now.at + (for_good ? Duration::zero() : turn_.config.presence_debounce);
  if (for_good) return note(presence);
  held_.push_back({.user = user, .until = presence.offline_at});
  turn_.schedule.arm(Chore::Presence, presence.offline_at);
}

wire::PresenceState PresenceHome::state_of(const Presence& presence, const UserHomes& users) const {
  switch (users.activity(presence.id)) {
    case Activity::Present:
      return wire::PresenceState::Online;
    case Activity::Away:
      return wire::PresenceState::Away;
    case Activity::None:
      break;
  }
  return presence.offline_at > turn_.now.at ? presence.published : wire::PresenceState::Offline;
}

// ---- to the shards that watch

ports::PresenceVersion PresenceHome::version_of(const Presence& presence) const {
  const bool offline = presence.published == wire::PresenceState::Offline;
  return {.presence = {.user = presence.id,
                       .state = presence.published,
                       .last_seen = offline ? presence.last_seen : WallTime()},
          .version = presence.version};
}

/// Who is not known here may be about to register. Nothing is told before, and what others were told holds.
void PresenceHome::wait_for(Presence& presence) {
  presence.version = 0;
  presence.offline_at = turn_.now.at + turn_.config.presence_debounce;
  held_.push_back({.user = presence.id, .until = presence.offline_at});
  turn_.schedule.arm(Chore::Presence, held_.front().until);
}

void PresenceHome::post(ShardId to, ports::PresenceTold&& told) {
  ++turn_.counters.presence_envelopes;
  links_.post(to, std::move(told));
}

void PresenceHome::on(ShardId from, const ports::WatchPresence& watch, const UserHomes& users) {
  ports::PresenceTold told{.request = watch.request};
  for (const ports::WatchedVersion& each : watch.users) {
    if (!each.user) continue;
    const bool known = index_.contains(each.user.value);
    Presence& presence = find_or_add(each.user);
    if (!known) presence.published = state_of(presence, users);
    const bool unsure = turn_.view_is_younger(turn_.config.presence_debounce);
    if (!known && unsure && presence.published == wire::PresenceState::Offline) wait_for(presence);
    age(presence);
    presence.watched |= std::uint64_t{1} << from.value;
    presence.idle_sweeps = 0;
    if (presence.version != 0 && each.version != presence.version) told.users.push_back(version_of(presence));
  }
  post(from, std::move(told));
}

void PresenceHome::flush(const UserHomes& users) {
  while (!held_.empty() && held_.front().until <= turn_.now.at) {
    Presence* presence = find(held_.front().user);
    if (presence != nullptr && presence->offline_at == held_.front().until) note(*presence);
    held_.pop_front();
  }
  if (!held_.empty()) turn_.schedule.arm(Chore::Presence, held_.front().until);
  const Instant next = flushed_at_ + turn_.config.presence_batch / 2;
  if (dirty_.empty()) return;
  if (turn_.now.at < next) return turn_.schedule.arm(Chore::Presence, next);
  flushed_at_ = turn_.now.at;

  std::vector<ports::PresenceTold> told(turn_.view.shards.size());
  for (const UserId user : std::exchange(dirty_, {})) {
    Presence* presence = find(user);
    if (presence == nullptr) continue;
    presence->dirty = false;
    const wire::PresenceState state = state_of(*presence, users);
    if (state == presence->published && presence->version != 0) continue;
    if (mutant(Mutant::G11_PresenceStuck) && presence->published == wire::PresenceState::Away) continue;
    presence->published = state;
    presence->version = ++versions_;
    ++turn_.counters.presence_changes;
    age(*presence);
    const std::uint64_t watched = presence->watched | presence->watched_before;
    for (std::size_t i = 0; i < told.size(); ++i) {
      if ((watched >> turn_.view.shards[i].value & 1) == 0) continue;
      told[i].users.push_back(version_of(*presence));
      if (told[i].users.size() == kToldAtOnce) post(turn_.view.shards[i], std::exchange(told[i], {}));
    }
  }
  for (std::size_t i = 0; i < told.size(); ++i) {
    if (!told[i].users.empty()) post(turn_.view.shards[i], std::move(told[i]));
  }
}

void PresenceHome::hand_over() {
  for (std::uint32_t slot = 0; slot < users_.end(); ++slot) {
    if (users_[slot].id && turn_.home(users_[slot].id) != turn_.self) forget(slot);
  }
}

void PresenceHome::forget(std::uint32_t slot) {
  index_.erase(users_[slot].id.value);
  users_.remove(slot);
}

void PresenceHome::sweep(std::uint32_t slots) {
  for (std::uint32_t n = std::min(slots, users_.end()); n > 0; --n) {
    if (sweep_at_ >= users_.end()) sweep_at_ = 0;
    Presence& presence = users_[sweep_at_];
    const std::uint32_t slot = sweep_at_++;
    if (!presence.id) continue;
    age(presence);
    const bool needed =
        (presence.watched | presence.watched_before) != 0 || presence.dirty || presence.offline_at > turn_.now.at;
    if (needed) {
      presence.idle_sweeps = 0;
    } else if (++presence.idle_sweeps > kIdleSweepsMax) {
      forget(slot);
    }
  }
}

}  // namespace starling::core
