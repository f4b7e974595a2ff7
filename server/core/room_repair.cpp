// Gaps between a home and a local: from the home's tail, or the cache that the nodes share, or the store.
#include <algorithm>
#include <utility>

#include "common/base/mutant.h"
#include "common/base/probe.h"
#include "common/base/sort_unique.h"
#include "common/wire/limits.h"
#include "server/core/room_locals.h"

namespace starling::core {
namespace {
constexpr std::size_t kHeadsPerAsk = 512;
constexpr Duration kMovedStep = std::chrono::milliseconds(20);
}  // namespace

/// And not know it.
bool RoomLocals::may_be_behind(const RoomLocal& local) const {
  const ShardId home = turn_.home(local.id);
  return local.unsure || suspicions_[home.value].again || links_.silent(home);
}

/// By the home, which said whatever it said before, and whatever of that was lost, of no later event.
void RoomLocals::told_head(RoomLocal& local, Seq head) {
  local.unsure = head > local.last;
  if (local.unsure) fetch(local);
}

void RoomLocals::fetch(RoomLocal& local) {
  LocalExtras& x = extras(local);
  if (x.fetching) return;
  x.fetching = true;
  x.asked_cache = false;
  x.fetched_at = turn_.now.at;
  if (turn_.home(local.id) != turn_.self) {
    waiting_.push_back(local.id);
    turn_.schedule.arm(Chore::Resend, turn_.now.at + turn_.config.forward_retry);
  }
  ask_for_gap(local);
}

/// The home, or the store where nothing is heard of the home.
void RoomLocals::ask_for_gap(RoomLocal& local) {
  const ShardId home = turn_.home(local.id);
  if (links_.silent(home)) return read_gap(local);
  links_.post(home, ports::FetchEvents{.room = local.id, .after = local.last});
}

void RoomLocals::on(ports::EventsFetched&& fetched) {
  RoomLocal* local = find(fetched.room);
  if (local == nullptr || !local->ready || local->extras == nullptr || !local->extras->fetching) return;
  if (fetched.epoch && fetched.epoch != local->epoch) {
    if (fetched.epoch > local->epoch) learn_epoch(*local);
    return;
  }
  if (!fetched.found && fetched.head != local->last) return look_elsewhere(*local, fetched);
  local->extras->fetching = false;
  mend(*local, fetched.events, Probe::gap_from_ring);
  told_head(*local, fetched.head);
  settle(*local);
}

/// What of the events is next is delivered; true when some was.
bool RoomLocals::mend(RoomLocal& local, std::vector<wire::Event>& events, Probe from) {
  bool repaired = false;
  for (wire::Event& event : events) {
    const bool believed = mutant(Mutant::M13_CacheBelieved) && from == Probe::gap_from_cache;
    if (event.seq != local.last.next() && !(believed && event.seq > local.last)) continue;
    deliver(local, std::move(event));
    repaired = true;
  }
  probe(from, repaired);
  turn_.counters.gaps_repaired += repaired ? 1 : 0;
  return repaired;
}

/// Something may have been published, and not been the next one, while another than the home was asked.
void RoomLocals::mended(RoomLocal& local) {
  local.extras->fetching = false;
  links_.ask(turn_.home(local.id), ports::AskHeads{.rooms = {local.id}});
  settle(local);
}

/// The home's tail does not reach back. The cache is asked once: an answer that is late, or never comes, holds up nothing.
void RoomLocals::look_elsewhere(RoomLocal& local, const ports::EventsFetched& fetched) {
  const bool vouched = fetched.epoch && fetched.head > local.last;
  if (!tails_.used() || !vouched || std::exchange(local.extras->asked_cache, true)) return read_gap(local);
  tails_.read({.room = local.id, .epoch = fetched.epoch, .head = fetched.head, .hash = fetched.hash}, local.last);
  waiting_.push_back(local.id);
  turn_.schedule.arm(Chore::Resend, turn_.now.at + turn_.config.forward_retry);
}

void RoomLocals::on(ports::TailRead&& read) {
  const auto floor = tails_.take(read.id);
  RoomLocal* local = floor ? find(floor->room) : nullptr;
  if (local == nullptr || local->extras == nullptr || !local->extras->fetching) return;
  if (floor->epoch != local->epoch || !reaches(read.events, local->last, local->hash, *floor)) return read_gap(*local);
  // What goes beyond is nobody's word.
  if (!mutant(Mutant::M13_CacheBelieved)) {
    std::erase_if(read.events, [&](const wire::Event& event) { return event.seq > floor->head; });
  }
  mend(*local, read.events, Probe::gap_from_cache);
  mended(*local);
}

/// However many rooms lack something at once, as when a home has died and no cache is there, the store is asked for a few.
void RoomLocals::read_gap(RoomLocal& local) {
  if (std::exchange(extras(local).reading_store, true)) return;
  if (gap_reads_ >= turn_.config.gap_reads_max) {
    probe(Probe::gap_read_waited);
    gaps_.push_back(local.id);
    return;
  }
  ++gap_reads_;
  store_.submit(ports::ReadPage{.room = local.id,
                                .from = local.last,
                                .limit = wire::limits::kPageEventsMax,
                                .bytes_max = static_cast<std::uint32_t>(wire::limits::kPageBytesMax)},
                GapCall{local.id});
}

void RoomLocals::gap_read(RoomId room, ports::StoreCompletion&& done) {
  --gap_reads_;
  RoomLocal* local = find(room);
  if (local != nullptr && local->extras != nullptr) {
    local->extras->reading_store = false;
    if (local->extras->fetching) take_gap(*local, std::move(done));
  }
  while (gap_reads_ < turn_.config.gap_reads_max && !gaps_.empty()) {
    RoomLocal* next = find(gaps_.front());
    gaps_.pop_front();
    if (next == nullptr || next->extras == nullptr || !std::exchange(next->extras->reading_store, false)) continue;
    if (next->extras->fetching) read_gap(*next);
  }
}

void RoomLocals::take_gap(RoomLocal& local, ports::StoreCompletion&& done) {
  auto* page = std::get_if<ports::PageRead>(&done.result);
  if (done.status != ports::StoreStatus::Ok || page == nullptr) {
    local.extras->retrying = true;
    retries_.push_back(local.id);
    turn_.schedule.arm(Chore::StoreRetry, turn_.now.at + turn_.config.store_retry);
    return;
  }
  if (page->epoch != local.epoch) {
    local.extras->fetching = false;
    if (page->epoch > local.epoch) learn_epoch(local);
    return settle(local);
  }
  if (page->min_seq > local.last.next()) skip_cut(local, *page);
  if (mend(local, page->events, Probe::gap_from_store) && page->head > local.last) return read_gap(local);
  mended(local);
}

/// Retention has cut what this shard lacks. A removal may have been among it, so everybody here is asked about again; who
/// is still a member is then told by a Reset.
void RoomLocals::skip_cut(RoomLocal& local, const ports::PageRead& page) {
  LocalExtras& x = extras(local);
  const wire::Cursor here{.epoch = local.epoch, .seq = local.last, .hash = local.hash};
  for (PendingSync& sync : x.syncs) sync.again_from(SyncStep::Join);
  const auto ask = [&](PendingSync&& sync) {
    sync.asked_at = turn_.now.at;
    x.syncs.push_back(std::move(sync));
  };
  for (const std::uint32_t session : std::exchange(local.live, {})) ask({.session = session, .cursor = here});
  for (const std::uint32_t session : std::exchange(local.quiet, {})) {
    ask({.session = session, .mode = membership(session, local).mode, .unasked = true});
  }
  for (const CatchUp& c : std::exchange(x.catch_ups, {})) {
    sessions_.caught_up(c.session);
    if (c.end) {
      end_membership(local, c.session);
    } else {
      ask({.session = c.session, .cursor = {.epoch = local.epoch, .seq = c.next.prev()}});
    }
  }
  local.min_seq = page.min_seq;
  local.last = page.min_seq.prev();
  local.hash = page.hash_before;
  std::vector<UserId> users;
  for (const PendingSync& sync : x.syncs) {
    membership(sync.session, local).stage = Stage::Asking;
    users.push_back(sessions_.at(sync.session).user);
  }
  sort_unique(users);
  for (const UserId user : users) ask_home(user, {local.id});
}

/// However much is lost, one question is under way: overload must not feed on itself.
void RoomLocals::suspect(ShardId home) {
  suspicions_[home.value].again = true;
  if (suspicions_[home.value].asked.empty()) ask_heads(home);
}

void RoomLocals::ask_heads(ShardId home) {
  suspicions_[home.value].again = false;
  std::vector<RoomId> rooms;
  for (std::uint32_t i = 0; i < locals_.end(); ++i) {
    RoomLocal& local = locals_[i];
    if (!local.id || !local.ready || turn_.home(local.id) != home) continue;
    local.unsure = true;
    if (local.moved) continue;  // its turn comes
    rooms.push_back(local.id);
    if (rooms.size() == kHeadsPerAsk) ask_heads(home, std::exchange(rooms, {}));
  }
  if (!rooms.empty()) ask_heads(home, std::move(rooms));
}

void RoomLocals::ask_heads(ShardId home, std::vector<RoomId>&& rooms) {
  const ports::RequestId asked = links_.ask(home, ports::AskHeads{.rooms = std::move(rooms)});
  if (home != turn_.self) suspicions_[home.value].asked.push_back(asked);
}

// ---- another home

void RoomLocals::view_changed(const ports::View& before) {
  for (std::uint32_t i = 0; i < locals_.end(); ++i) {
    RoomLocal& local = locals_[i];
    if (!local.id || !ports::has_moved(before, turn_.view, local.id)) continue;
    if (local.ready && !mutant(Mutant::MovedUnregistered)) {
      local.unsure = true;
      if (!local.moved) moved_.push_back(local.id);
      local.moved = true;
    }
    if (local.extras != nullptr) ask_again_elsewhere(local, ports::home_of(before, local.id) == turn_.self);
  }
  if (!moved_.empty()) turn_.schedule.arm(Chore::Moved, turn_.now.at);
  for (std::uint16_t shard = 0; shard < suspicions_.size(); ++shard) {
    const bool asked = !std::exchange(suspicions_[shard], {}).asked.empty();
    if (asked && turn_.view.node_of(ShardId(shard)) != nullptr) suspect(ShardId(shard));
  }
}

/// What was asked of the home before; of this shard itself, when it `was_here`.
void RoomLocals::ask_again_elsewhere(RoomLocal& local, bool was_here) {
  LocalExtras& x = *local.extras;
  x.fetched_at = {};
  for (PendingSync& sync : x.syncs) {
    sync.asked_at = {};
    if (was_here && sync.step == SyncStep::Dispute) dispute(local, sync);
  }
  waiting_.push_back(local.id);
  turn_.schedule.arm(Chore::Resend, turn_.now.at);
}

/// Registers with the new homes, which answer with what has been committed meanwhile. A piece at a time: each may be a room to be
/// loaded.
void RoomLocals::register_moved() {
  std::array<std::vector<RoomId>, ports::kShardsMax> rooms;
  for (std::size_t n = std::min(kHeadsPerAsk, moved_.size()); n > 0; --n) {
    RoomLocal* local = find(moved_.back());
    moved_.pop_back();
    if (local == nullptr || !local->moved) continue;  // forgotten meanwhile
    local->moved = false;
    rooms[turn_.home(local->id).value].push_back(local->id);
  }
  for (const ShardId shard : turn_.view.shards) {
    if (!rooms[shard.value].empty()) ask_heads(shard, std::move(rooms[shard.value]));
  }
  if (!moved_.empty()) turn_.schedule.arm(Chore::Moved, turn_.now.at + kMovedStep);
}

void RoomLocals::on(ShardId from, const ports::HeadDigest& digest) {
  if (digest.request != 0) {
    Suspicion& suspicion = suspicions_[from.value];
    if (std::erase(suspicion.asked, digest.request) > 0 && suspicion.asked.empty() && suspicion.again) ask_heads(from);
  }
  for (const ports::RoomHead& head : digest.heads) {
    RoomLocal* local = find(head.room);
    if (local == nullptr || !local->ready) continue;
    if (head.epoch > local->epoch) {
      learn_epoch(*local);
    } else if (head.epoch == local->epoch) {
      probe(Probe::tail_loss_found, head.head > local->last);
      told_head(*local, head.head);
    }
  }
}

/// The notice of a new epoch was lost: the home repeats it to whoever names an old one.
void RoomLocals::learn_epoch(RoomLocal& local) {
  links_.ask(turn_.home(local.id), ports::DisputeEpoch{.room = local.id, .epoch = local.epoch});
}

void RoomLocals::resend() {
  std::vector<RoomId> still;
  std::vector<RoomId> rooms = std::exchange(waiting_, {});
  sort_unique(rooms);
  const Instant old = turn_.now.at - turn_.config.forward_retry;
  for (const RoomId room : rooms) {
    RoomLocal* local = find(room);
    if (local == nullptr || local->extras == nullptr) continue;
    LocalExtras& x = *local->extras;
    bool waits = x.fetching;
    if (x.fetching && x.fetched_at <= old) {
      x.fetched_at = turn_.now.at;
      ask_for_gap(*local);
    }
    for (PendingSync& sync : x.syncs) {
      // The links repeat those for other shards. A home on this one does not answer while it is loading.
      const bool disputes = sync.step == SyncStep::Dispute && turn_.home(room) == turn_.self;
      if (sync.step != SyncStep::Join && !disputes) continue;
      waits = true;
      if (sync.asked_at > old) continue;
      sync.asked_at = turn_.now.at;
      if (disputes) {
        dispute(*local, sync);
      } else {
        links_.post(turn_.home(room), ports::JoinRooms{.user = sessions_.at(sync.session).user, .rooms = {room}});
      }
    }
    for (const PendingHistory& h : x.histories) {
      waits = true;
      links_.post(turn_.home(room), ports::JoinRooms{.user = sessions_.at(h.session).user, .rooms = {room}});
    }
    if (waits) still.push_back(room);
  }
  waiting_.insert(waiting_.end(), still.begin(), still.end());
  if (!waiting_.empty()) turn_.schedule.arm(Chore::Resend, turn_.now.at + turn_.config.forward_retry);
}

}  // namespace starling::core
