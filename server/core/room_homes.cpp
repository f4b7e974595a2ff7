// Finding, loading, registering, forgetting.
#include "server/core/room_homes.h"

#include <algorithm>
#include <utility>

#include "common/base/mutant.h"
#include "common/base/probe.h"

namespace starling::core {
namespace {
using namespace std::chrono_literals;
constexpr Duration kActive = 10s;  // heads of rooms are told for so long after their last event
constexpr Duration kTailLife = 60s;
// What waited for a view: not all at once, each is a read of the store.
constexpr std::size_t kLoadsAtOnce = 512;
constexpr Duration kLoadStep = 20ms;
}  // namespace

const char* name_of(HomeStage stage) {
  switch (stage) {
    case HomeStage::Loading:
      return "loading";
    case HomeStage::Ready:
      return "ready";
    case HomeStage::Committing:
      return "committing";
    case HomeStage::Repeating:
      return "repeating a batch";
    case HomeStage::Reading:
      return "reading what another wrote";
    case HomeStage::Raising:
      return "raising the epoch";
  }
  return "?";
}

RoomHome* RoomHomes::find(RoomId room) {
  const auto slot = index_.find(room.value);
  return slot ? &homes_[*slot] : nullptr;
}

RoomHome& RoomHomes::find_or_load(RoomId room) {
  if (RoomHome* home = find(room)) return *home;
  const std::uint32_t slot = homes_.add();
  RoomHome& home = homes_[slot];
  home.id = room;
  index_.set(room.value, slot);
  turn_.counters.rooms_home = homes_.used();
  load(home);
  return home;
}

HomeWork& RoomHomes::work(RoomHome& home) {
  if (home.work == nullptr) {
    home.work = std::make_unique<HomeWork>();
    const Config& config = turn_.config;
    home.work->sends =
        Budget({.sends_per_s = config.room_sends_per_s, .sends_burst = config.room_sends_burst}, turn_.now.at);
  }
  home.work->active_at = turn_.now.at;
  return *home.work;
}

void RoomHomes::load(RoomHome& home) {
  home.stage = HomeStage::Loading;
  if (!home.fence) home.fence = turn_.view.id;
  if (!home.epoch && !links_.settled()) {
    probe(Probe::home_waited_for_view);
    held_.push_back(home.id);
    return turn_.schedule.arm(Chore::Settled, links_.settles_at());
  }
  store_.submit(ports::LoadRoom{.room = home.id, .fence = home.fence}, LoadCall{home.id, home.fence});
}

void RoomHomes::load_held() {
  if (held_.empty()) return;
  if (!links_.settled()) return turn_.schedule.arm(Chore::Settled, links_.settles_at());
  for (std::size_t n = std::min(kLoadsAtOnce, held_.size()); n > 0; --n) {
    RoomHome* home = find(held_.back());
    held_.pop_back();
    if (home != nullptr && home->stage == HomeStage::Loading && !home->epoch) load(*home);
  }
  if (!held_.empty()) turn_.schedule.arm(Chore::Settled, turn_.now.at + kLoadStep);
}

void RoomHomes::forget(RoomHome& home) {
  if (home.work != nullptr) tail_bytes_ -= home.work->tail.bytes();
  const std::uint32_t slot = *index_.find(home.id.value);
  index_.erase(home.id.value);
  homes_.remove(slot);
  turn_.counters.rooms_home = homes_.used();
}

/// Whoever waits for an answer from this home asks the next one. A session of this shard does not: it is told to.
void RoomHomes::let_go(RoomHome& home) {
  if (home.work != nullptr) {
    HomeWork& w = *home.work;
    std::erase_if(w.in_flight, [&](const SendInFlight& each) { return each.origin.shard != turn_.self; });
    std::erase_if(w.queue, [&](QueuedSend& each) {
      if (each.origin.shard == turn_.self) return false;
      release(w, size_of(each.row));
      return true;
    });
    refuse_in_flight(home);
    refuse_queue(home, wire::SendStatus::Busy);
  }
  forget(home);
}

void RoomHomes::hand_over() {
  for (std::uint32_t i = 0; i < homes_.end(); ++i) {
    if (homes_[i].id && turn_.home(homes_[i].id) != turn_.self) let_go(homes_[i]);
  }
}

void RoomHomes::forget_listener(ShardId shard) {
  for (std::uint32_t i = 0; i < homes_.end(); ++i) {
    RoomHome& home = homes_[i];
    if (!home.id) continue;
    home.shards &= ~(std::uint64_t{1} << shard.value);
    if (home.work == nullptr) continue;
    std::erase_if(home.work->joins, [&](const WaitingJoin& each) { return each.shard == shard; });
    std::erase_if(home.work->disputes, [&](const WaitingDispute& each) { return each.shard == shard; });
  }
}

/// The store knows of a later view than this shard does.
void RoomHomes::fenced(RoomHome& home) {
  probe(Probe::fence_refused);
  turn_.out->view_is_old = true;
  answer_joins(home, ports::AskStatus::Unavailable);
  let_go(home);
}

void RoomHomes::loaded(const LoadCall& call, ports::StoreCompletion&& done) {
  RoomHome* home = find(call);
  if (home == nullptr || home->stage != HomeStage::Loading) return;
  auto* loaded = std::get_if<ports::RoomLoaded>(&done.result);
  if (done.status != ports::StoreStatus::Ok || loaded == nullptr) {
    // Nobody is kept waiting for a store that cannot read: all may come again.
    answer_joins(*home, ports::AskStatus::Unavailable);
    refuse_queue(*home, wire::SendStatus::Busy);
    // A room that shards listen to must not be forgotten.
    if (home->shards != 0) return retry_later(*home);
    return forget(*home);
  }
  if (loaded->fenced) return fenced(*home);
  if (!loaded->exists) {
    answer_joins(*home, ports::AskStatus::Absent);
    refuse_queue(*home, wire::SendStatus::NoSuchRoom);
    return forget(*home);
  }
  const Epoch epoch_before = home->epoch;
  const Seq head_before = home->head;
  std::vector<UserId> changed;
  if (epoch_before) changed = home->members.changed(loaded->members);
  home->kind = loaded->kind;
  home->history_joined = loaded->history_joined;
  home->epoch = loaded->epoch;
  home->head = loaded->head;
  home->min_seq = loaded->min_seq;
  home->msg_no = loaded->msg_no;
  home->members.assign(loaded->members);
  home->hash = loaded->checkpoint_hash;
  for (const wire::Event& event : loaded->tail) home->hash = wire::fold(home->hash, event);
  home->stage = HomeStage::Ready;
  if (epoch_before && epoch_before != home->epoch) {
    if (home->work != nullptr) home->work->missing_to = Seq();  // a number of the other history
    tell_epoch(*home);
  } else if (head_before != home->head) {
    tell_head(*home);  // to nobody, unless somebody has asked before it was known
  }
  for (const UserId user : changed) note_membership(home->id, user);
  // In the first view a home was alone: it died with all sessions, and each reads its lists anew. The last node of several
  // has sessions that another one's home may have left untold.
  if (!epoch_before && turn_.view.id > ViewId(1)) note_again(home->id, loaded->tail);
  next_work(*home);
}

// ---- registration

/// What is with the store may make somebody a member, and the store may have told the user so already.
bool RoomHomes::knows(const RoomHome& home, UserId user) const {
  if (home.stage == HomeStage::Ready) return true;
  return home.stage != HomeStage::Loading && home.members.role(user) != wire::Role::None;
}

ports::JoinedRoom RoomHomes::join(RoomHome& home, ShardId shard, UserId user) {
  ports::JoinedRoom joined{
      .role = home.members.role(user), .visible_from = home.members.visible_from(user), .at = home.position()};
  if (joined.role != wire::Role::None) home.shards |= std::uint64_t{1} << shard.value;
  return joined;
}

void RoomHomes::on(ShardId from, ports::JoinRooms&& ask) {
  ports::JoinedRooms answer{.request = ask.request, .user = ask.user};
  for (const RoomId room : ask.rooms) {
    if (!room) continue;
    if (turn_.may_be_replaced()) {
      answer.rooms.push_back({.status = ports::AskStatus::Unavailable, .at = {.room = room}});
      continue;
    }
    RoomHome& home = find_or_load(room);
    if (knows(home, ask.user)) {
      answer.rooms.push_back(join(home, from, ask.user));
      continue;
    }
    auto& joins = work(home).joins;
    const bool waits =
        std::ranges::any_of(joins, [&](const WaitingJoin& w) { return w.shard == from && w.user == ask.user; });
    if (!waits) joins.push_back({.shard = from, .user = ask.user});
  }
  if (!answer.rooms.empty()) links_.post(from, std::move(answer));
}

void RoomHomes::answer_joins(RoomHome& home, ports::AskStatus status) {
  if (home.work == nullptr) return;
  for (const WaitingJoin& waiting : std::exchange(home.work->joins, {})) {
    ports::JoinedRoom joined{.status = status, .at = {.room = home.id}};
    if (status == ports::AskStatus::Ok) joined = join(home, waiting.shard, waiting.user);
    links_.post(waiting.shard, ports::JoinedRooms{.user = waiting.user, .rooms = {joined}});
  }
}

void RoomHomes::on(ShardId from, const ports::LeaveRoom& leave) {
  if (RoomHome* home = find(leave.room)) home->shards &= ~(std::uint64_t{1} << from.value);
}

void RoomHomes::on(ShardId from, const ports::FetchEvents& fetch) {
  if (turn_.may_be_replaced() && from != turn_.self) return;  // it asks again
  const RoomHome* home = find(fetch.room);
  ports::EventsFetched answer{.room = fetch.room, .after = fetch.after};
  if (home != nullptr && home->stage != HomeStage::Loading) {
    answer.epoch = home->epoch;
    answer.head = home->head;
    answer.hash = home->hash;
    answer.found = fetch.after == home->head;
    if (home->work != nullptr && home->work->tail.covers_after(fetch.after)) {
      const auto events = home->work->tail.after(fetch.after);
      answer.events.assign(events.begin(), events.end());
      answer.found = true;
    }
  }
  links_.post(from, std::move(answer));
}

void RoomHomes::on(ShardId from, const ports::AskHeads& ask) {
  if (turn_.may_be_replaced() && from != turn_.self) return;
  ports::HeadDigest digest{.request = ask.request};
  for (const RoomId room : ask.rooms) {
    if (!room) continue;
    RoomHome& home = find_or_load(room);
    home.shards |= std::uint64_t{1} << from.value;
    if (home.stage == HomeStage::Loading) continue;
    digest.heads.push_back({.room = room, .epoch = home.epoch, .head = home.head});
  }
  links_.post(from, std::move(digest));
}

void RoomHomes::on(ShardId from, const ports::DisputeEpoch& dispute) {
  RoomHome* home = find(dispute.room);
  if (home == nullptr || home->stage == HomeStage::Loading) return;  // it will ask again
  if (home->epoch != dispute.epoch || raised_.contains(dispute.room.value)) {
    return links_.post(from, ports::EpochNotice{.request = dispute.request, .at = home->position()});
  }
  auto& disputes = work(*home).disputes;
  const bool waits = std::ranges::any_of(disputes, [&](const WaitingDispute& w) {
    return w.shard == from && (w.request == dispute.request || from == turn_.self);
  });
  if (!waits) disputes.push_back({.shard = from, .request = dispute.request});
  home->work->disputed_by = std::max(home->work->disputed_by, dispute.seen);
  next_work(*home);
}

void RoomHomes::relay(const ports::TypingSeen& typing) {
  const RoomHome* home = find(typing.room);
  if (home == nullptr) return;
  links_.publish(home->shards, ports::TypingRelayed{.room = typing.room, .user = typing.user});
}

// ---- chores

const Tail* RoomHomes::tail_after(RoomId room, Seq after) {
  const RoomHome* home = find(room);
  if (home == nullptr || home->work == nullptr || !home->work->tail.covers_after(after)) return nullptr;
  return &home->work->tail;
}

const RoomHome* RoomHomes::peek(RoomId room) const {
  const auto slot = index_.find(room.value);
  return slot && homes_[*slot].stage != HomeStage::Loading ? &homes_[*slot] : nullptr;
}

void RoomHomes::touch(RoomHome& home) {
  if (turn_.view.shards.size() < 2) return;
  if (!std::exchange(work(home).listed, true)) active_.push_back(home.id);
  turn_.schedule.arm(Chore::Digest, turn_.now.at + turn_.config.head_digest);
}

void RoomHomes::digest() {
  if (mutant(Mutant::M6_NoDigests)) return;
  std::erase_if(active_, [&](RoomId room) {
    RoomHome* home = find(room);
    if (home == nullptr || home->work == nullptr) return true;
    home->work->listed = home->work->active_at + kActive >= turn_.now.at;
    return !home->work->listed;
  });
  for (const ShardId shard : turn_.view.shards) {
    if (shard == turn_.self) continue;
    ports::HeadDigest digest;
    for (const RoomId room : active_) {
      const RoomHome* home = find(room);
      if ((home->shards >> shard.value & 1) == 0 || home->stage == HomeStage::Loading) continue;
      digest.heads.push_back({.room = room, .epoch = home->epoch, .head = home->head});
    }
    if (!digest.heads.empty()) links_.post(shard, std::move(digest));
  }
  if (!active_.empty()) turn_.schedule.arm(Chore::Digest, turn_.now.at + turn_.config.head_digest);
}

void RoomHomes::sweep(std::uint32_t slots) {
  for (std::uint32_t n = std::min(slots, homes_.end()); n > 0; --n) {
    if (sweep_at_ >= homes_.end()) sweep_at_ = 0;
    RoomHome& home = homes_[sweep_at_++];
    if (!home.id || home.stage != HomeStage::Ready) continue;
    if (home.work != nullptr && home.work->idle() && home.work->active_at + kTailLife < turn_.now.at) {
      tail_bytes_ -= home.work->tail.bytes();
      home.work.reset();
    }
    if (home.work == nullptr && home.shards == 0) forget(home);
  }
}

void RoomHomes::describe(std::string& text, std::size_t bytes_max) const {
  for (std::uint32_t i = 0; i < homes_.end() && text.size() < bytes_max; ++i) {
    const RoomHome& home = homes_[i];
    if (!home.id || (home.stage == HomeStage::Ready && (home.work == nullptr || home.work->idle()))) continue;
    text += "home of room " + std::to_string(home.id.value) + ": " + name_of(home.stage) + ", epoch " +
            std::to_string(home.epoch.value) + ", head " + std::to_string(home.head.value);
    if (home.work != nullptr) {
      text += ", " + std::to_string(home.work->queue.size()) + " queued, " +
              std::to_string(home.work->in_flight.size()) + " with the store";
    }
    text += "; ";
  }
}

}  // namespace starling::core
