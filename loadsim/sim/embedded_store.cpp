#include "loadsim/sim/embedded_store.h"

#include <algorithm>
#include <utility>

#include "common/base/mutant.h"
#include "loadsim/sim/recording.h"

namespace starling::sim {

void EmbeddedStore::submit(ShardId shard, ports::StoreOp op) {
  check_one_batch_per_room(shard, op);
  check_time_asked(op);
  Pending pending{.order = ++submitted_, .at = time_of(is_write(op.request)), .found = before_lock(op.request)};
  const std::uint32_t slot = take(shard, std::move(op));
  pending_.resize(slots_.size());
  context_->wheel.schedule(pending.at, Happening::StoreCommit, slot);
  pending_[slot] = std::move(pending);
}

ports::StoreStatus EmbeddedStore::outcome_of(std::uint32_t slot, bool& applied) {
  const Instant now = context_->now();
  const bool write = is_write(slots_[slot].op.request);
  applied = false;
  if (const auto why = stopped_for(slot)) {
    ++context_->tally(*why).effective;
    return ports::StoreStatus::Stopped;
  }
  if (now < unavailable_until_) {
    ++context_->tally(users::FaultKind::StoreUnavailable).effective;
    return ports::StoreStatus::Unavailable;
  }
  if (write && now < full_until_) {
    ++context_->tally(users::FaultKind::StoreFull).effective;
    return ports::StoreStatus::Full;
  }
  const std::uint64_t random = context_->next_draw(Stream::StoreFault, 0, outcomes_);
  if (write && now < lost_until_ && chance(random, lost_permille_)) {
    ++context_->tally(users::FaultKind::StoreLostReply).effective;
    applied = (mix64(random) & 1) != 0;
    return ports::StoreStatus::Unknown;
  }
  applied = true;
  return ports::StoreStatus::Ok;
}

void EmbeddedStore::happened(const Scheduled& event) {
  if (asked_by_the_dead(slots_[event.a])) return give_back(event.a);  // the process died before this took effect
  bool applied = false;
  const ports::StoreStatus status = outcome_of(event.a, applied);
  pending_[event.a].executed = true;
  ports::StoreResult result;
  if (applied) result = execute(event.a, status != ports::StoreStatus::Ok);
  answer(event.a, status, std::move(result));
  if (mutant(Mutant::SynchronousOff)) sync_lazily();
}

ports::StoreResult EmbeddedStore::execute(std::uint32_t slot, bool keep_request) {
  ports::StoreRequest& mine = slots_[slot].op.request;
  ports::StoreRequest request = keep_request ? mine : std::move(mine);
  const auto& found = pending_[slot].found;
  ports::StoreResult result = database_->execute(std::move(request), found ? &*found : nullptr);
  if (context_->recording != nullptr) context_->recording->stored(context_->now(), result);
  return result;
}

void EmbeddedStore::process_died(std::uint32_t node, Death death) {
  const std::uint64_t random = context_->next_draw(Stream::Fate, 0, deaths_);
  if (random % 2 == 0 && context_->now() < groups_.ends()) finish_group_of_the_dead();
  if (death == Death::Machine && mutant(Mutant::SynchronousOff)) *database_ = synced_;
  next_life(node);
  groups_.stop(context_->now());
}

/// The group under way was in the log whole, only its answers are lost.
void EmbeddedStore::finish_group_of_the_dead() {
  if (stopped() || context_->now() < unavailable_until_ || context_->now() < full_until_) return;
  std::vector<std::uint32_t> group;
  for (std::uint32_t i = 0; i < slots_.size(); ++i) {
    const bool waits =
        slots_[i].used && !pending_[i].executed && !asked_by_the_dead(slots_[i]) && pending_[i].at == groups_.ends();
    if (waits && is_write(slots_[i].op.request)) group.push_back(i);
  }
  std::sort(group.begin(), group.end(),
            [&](std::uint32_t a, std::uint32_t b) { return pending_[a].order < pending_[b].order; });
  for (const std::uint32_t slot : group) execute(slot, false);
}

/// The planted bug: answers do not wait for the disk, which is synced now and then.
void EmbeddedStore::sync_lazily() {
  if (context_->now() - synced_at_ < 1s) return;
  synced_at_ = context_->now();
  synced_ = *database_;
}

}  // namespace starling::sim
