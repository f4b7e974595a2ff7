// The users that are watched, and what is told of them.
#include "server/core/presence_watch.h"

#include <algorithm>

#include "common/base/probe.h"
#include "common/base/sort_unique.h"

namespace starling::core {
namespace {
using namespace std::chrono_literals;
constexpr Duration kAskAgain = 1s;
/// Users in one envelope: 16 KB.
constexpr std::size_t kAskedAtOnce = 1024;
/// A frame waits this long for company when none went out lately.
constexpr Duration kCompany = 50ms;
}  // namespace

PresenceWatch::PresenceWatch(Turn& turn, Links& links, SessionTable& sessions)
    : turn_(turn), links_(links), sessions_(sessions) {}

// ---- who watches

void PresenceWatch::add_watcher(std::uint32_t session, UserId user) {
  const auto known = index_.find(user.value);
  const std::uint32_t slot = known ? *known : users_.add();
  WatchedUser& watched = users_[slot];
  if (!known) {
    watched.id = user;
    index_.set(user.value, slot);
    if (renew_at_ == kNever) {
      renew_at_ = turn_.now.at + turn_.config.presence_lease;
      arm_asking(renew_at_);
    }
  }
  const auto at = std::ranges::lower_bound(watched.watchers, session, {}, &Watcher::session);
  if (at != watched.watchers.end() && at->session == session) {
    ++at->views;
    return;
  }
  watched.watchers.insert(at, {.session = session, .views = 1});
  if (watched.version == 0) {
    if (!known) unknown_.push_back(user);
    return;
  }
  fresh_.emplace_back(sessions_.conn(session), user);
  arm_out();
}

/// The user stays until the watches are renewed: who looks again meanwhile need not wait for an answer.
void PresenceWatch::remove_watcher(std::uint32_t session, UserId user) {
  const auto slot = index_.find(user.value);
  if (!slot) return;
  auto& watchers = users_[*slot].watchers;
  const auto at = std::ranges::lower_bound(watchers, session, {}, &Watcher::session);
  if (at == watchers.end() || at->session != session || --at->views > 0) return;
  watchers.erase(at);
}

void PresenceWatch::forget(std::uint32_t slot) {
  index_.erase(users_[slot].id.value);
  users_.remove(slot);
}

// ---- asking homes

void PresenceWatch::ask_states(const std::vector<UserId>& users) {
  std::vector<ports::WatchPresence> asks(leases_.size());
  const auto post = [&](ShardId to, ports::WatchPresence&& ask) {
    ++turn_.counters.presence_envelopes;
    links_.post(to, std::move(ask));
  };
  for (const UserId user : users) {
    const ShardId home = turn_.home(user);
    ports::WatchPresence& ask = asks[home.value];
    ask.users.push_back({.user = user});
    if (ask.users.size() == kAskedAtOnce) post(home, std::exchange(ask, {}));
  }
  for (const ShardId shard : turn_.view.shards) {
    if (!asks[shard.value].users.empty()) post(shard, std::move(asks[shard.value]));
  }
}

void PresenceWatch::ask_unknown() {
  std::erase_if(unknown_, [&](UserId user) {
    const auto slot = index_.find(user.value);
    return !slot || users_[*slot].version != 0;
  });
  if (unknown_.empty()) return;
  ask_states(unknown_);
  arm_asking(turn_.now.at + kAskAgain);
}

void PresenceWatch::suspect(ShardId home) {
  suspect_receipts(home);
  if (index_.size() == 0) return;
  leases_[home.value].due = true;
  leases_[home.value].asked = 0;  // what was asked before the loss proves nothing
  arm_asking(turn_.now.at + turn_.config.link_heartbeat);
}

void PresenceWatch::view_changed(const ports::View& before) {
  std::uint64_t homes = 0;  // that have got somebody, as a mask
  const auto note = [&](ShardId home) { homes |= std::uint64_t{1} << home.value; };
  for (std::uint32_t slot = 0; slot < users_.end(); ++slot) {
    WatchedUser& user = users_[slot];
    if (!user.id || !ports::has_moved(before, turn_.view, user.id)) continue;
    user.version = 0;
    note(turn_.home(user.id));
  }
  for (std::uint32_t slot = 0; slot < rooms_.end(); ++slot) {
    const RoomId room = rooms_[slot].id;
    if (room && ports::has_moved(before, turn_.view, room)) note(turn_.home(room));
  }
  for (const ShardId shard : turn_.view.shards) {
    if ((homes >> shard.value & 1) != 0) suspect(shard);
  }
}

void PresenceWatch::renew() {
  if (turn_.now.at >= renew_at_) {
    for (std::uint32_t slot = 0; slot < users_.end(); ++slot) {
      if (users_[slot].id && users_[slot].watchers.empty()) forget(slot);
    }
    for (const ShardId shard : turn_.view.shards) leases_[shard.value].due = true;
    renew_at_ = index_.size() == 0 ? kNever : turn_.now.at + turn_.config.presence_lease;
  }
  if (renew_at_ != kNever) arm_asking(renew_at_);
  for (const ShardId shard : turn_.view.shards) {
    Lease& lease = leases_[shard.value];
    const bool overdue = lease.asked != 0 && turn_.now.at >= lease.asked_at + kAskAgain;
    if (lease.due || overdue) renew_at(shard);
    if (lease.asked != 0) arm_asking(lease.asked_at + kAskAgain);
  }
}

void PresenceWatch::renew_at(ShardId home) {
  Lease& lease = leases_[home.value];
  lease = {.asked = ++requests_, .asked_at = turn_.now.at};
  ports::WatchPresence ask{.request = lease.asked};
  const auto post = [&] {
    ++lease.parts;
    ++turn_.counters.presence_envelopes;
    links_.post(home, std::exchange(ask, {.request = lease.asked}));
  };
  for (std::uint32_t slot = 0; slot < users_.end(); ++slot) {
    const WatchedUser& user = users_[slot];
    if (!user.id || turn_.home(user.id) != home) continue;
    if (user.watchers.empty()) {  // what was lost may have been of it: who looks again asks anew
      forget(slot);
      continue;
    }
    ask.users.push_back({.user = user.id, .version = user.version});
    if (ask.users.size() == kAskedAtOnce) post();
  }
  if (!ask.users.empty()) post();
  if (lease.parts == 0) lease = {};
}

void PresenceWatch::ask_again() {
  tell_late();
  ask_views();
  ask_unknown();
  renew();
}

// ---- being told

void PresenceWatch::on(ShardId from, const ports::PresenceTold& told) {
  Lease& lease = leases_[from.value];
  if (told.request != 0 && told.request == lease.asked && --lease.parts == 0) lease.asked = 0;
  for (const ports::PresenceVersion& each : told.users) {
    const auto slot = index_.find(each.presence.user.value);
    if (!slot) continue;
    WatchedUser& user = users_[*slot];
    if (each.version <= user.version) continue;
    user.version = each.version;
    user.state = each.presence.state;
    user.last_seen = each.presence.last_seen;
    if (user.watchers.empty() || std::exchange(user.listed, true)) continue;
    changed_.push_back(user.id);
    arm_out();
  }
}

// ---- telling sessions

void PresenceWatch::arm_out() {
  turn_.schedule.arm(Chore::PresenceOut, std::max(turn_.now.at + kCompany, flushed_at_ + turn_.config.presence_batch));
}

void PresenceWatch::flush() {
  flushed_at_ = turn_.now.at;
  std::vector<Seen> seen;
  for (const UserId id : std::exchange(changed_, {})) {
    const auto slot = index_.find(id.value);
    if (!slot || !std::exchange(users_[*slot].listed, false)) continue;
    for (const Watcher& watcher : users_[*slot].watchers) seen.emplace_back(watcher.session, *slot);
  }
  for (const auto& [conn, id] : std::exchange(fresh_, {})) {
    const auto slot = index_.find(id.value);
    if (!slot || users_[*slot].version == 0 || sessions_.find(conn) == nullptr) continue;
    if (std::ranges::binary_search(users_[*slot].watchers, conn.index, {}, &Watcher::session)) {
      seen.emplace_back(conn.index, *slot);
    }
  }
  sort_unique(seen);
  for (auto first = seen.begin(); first != seen.end();) {
    const auto last = std::find_if(first, seen.end(), [&](const Seen& s) { return s.first != first->first; });
    send(first->first, {first, last});
    first = last;
  }
}

/// One who is behind is told later, and of what is then.
void PresenceWatch::send(std::uint32_t session, std::span<const Seen> seen) {
  if (sessions_.at(session).closing) return;
  if (!sessions_.has_room(session)) {
    for (const auto& [index, slot] : seen) fresh_.emplace_back(sessions_.conn(index), users_[slot].id);
    return arm_out();
  }
  wire::PresenceChanged frame;
  frame.users.reserve(seen.size());
  for (const auto& [index, slot] : seen) {
    const WatchedUser& user = users_[slot];
    frame.users.push_back({.user = user.id, .state = user.state, .last_seen = user.last_seen});
  }
  ++turn_.counters.presence_frames;
  sessions_.send(session, frame);
}

}  // namespace starling::core
