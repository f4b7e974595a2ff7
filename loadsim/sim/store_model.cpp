#include "loadsim/sim/store_model.h"

#include <algorithm>
#include <utility>

#include "common/base/assert.h"
#include "common/base/mutant.h"

namespace starling::sim {
namespace {

bool is_write(const ports::StoreRequest& request) {
  return std::holds_alternative<ports::CommitBatch>(request) || std::holds_alternative<ports::CreateRoom>(request) ||
         std::holds_alternative<ports::PutReadMarks>(request) ||
         std::holds_alternative<ports::PutCheckpoint>(request) || std::holds_alternative<ports::RaiseEpoch>(request) ||
         std::holds_alternative<ports::PutItem>(request);
}

}  // namespace

void StoreModel::submit(ShardId shard, ports::StoreOp op) {
  check_one_batch_per_room(node_of(shard), op);
  const Instant at = time_of(op);
  std::uint32_t slot = 0;
  if (free_.empty()) {
    slot = static_cast<std::uint32_t>(slots_.size());
    slots_.emplace_back();
  } else {
    slot = free_.back();
    free_.pop_back();
  }
  Slot& s = slots_[slot];
  s.used = true;
  s.executed = false;
  s.orphaned = false;
  s.life = lives_[node_of(shard)];
  s.order = ++submitted_;
  s.at = at;
  s.shard = shard;
  if (mutant(Mutant::M11_MembershipOutsideLock)) {
    if (const auto* batch = std::get_if<ports::CommitBatch>(&op.request)) {
      const RoomLog* room = database_->find(batch->room);
      if (room != nullptr) s.members_then = room->members();
    }
  }
  s.op = std::move(op);
  context_->wheel.schedule(at, Happening::StoreCommit, slot);
}

/// Reads take their own time; writes are committed in groups, one fsync after the other.
Instant StoreModel::time_of(const ports::StoreOp& op) {
  const Options& options = context_->options;
  const Instant now = context_->now();
  const std::uint64_t random = context_->next_draw(Stream::StoreLatency, 0, latencies_);
  Duration slow = now < slow_until_ ? slow_by_ : Duration::zero();
  if (slow > Duration::zero()) ++context_->tally(users::FaultKind::StoreSlow).effective;
  if (!is_write(op.request)) return now + within(options.read_latency, random) + slow;
  const Duration fsync = within(options.fsync_latency, random) + slow;
  if (now >= group_ends_) {
    group_ends_ = std::max(now, next_group_ends_) + fsync;
    next_group_ends_ = group_ends_;
    return group_ends_;
  }
  if (next_group_ends_ <= group_ends_) next_group_ends_ = group_ends_ + fsync;
  return next_group_ends_;
}

void StoreModel::check_one_batch_per_room(std::uint32_t node, const ports::StoreOp& op) {
  const auto* batch = std::get_if<ports::CommitBatch>(&op.request);
  if (batch == nullptr) return;
  if (++batches_[{node, batch->room}] > 1) {
    context_->violations.report({.guarantee = check::Guarantee::G14_BoundedMemory,
                                 .room = batch->room,
                                 .text = "two batches of a room are in flight at once"});
  }
}

void StoreModel::forget(const Slot& slot) {
  const auto* batch = std::get_if<ports::CommitBatch>(&slot.op.request);
  if (batch == nullptr) return;
  const auto at = batches_.find({node_of(slot.shard), batch->room});
  if (at != batches_.end() && --at->second == 0) batches_.erase(at);
}

ports::StoreStatus StoreModel::outcome_of(const Slot& slot, bool& applied) {
  const Instant now = context_->now();
  const bool write = is_write(slot.op.request);
  applied = false;
  if (stopped_) {
    ++context_->tally(users::FaultKind::StoreStop).effective;
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

void StoreModel::commit(std::uint32_t index) {
  Slot& slot = slots_[index];
  if (slot.life != lives_[node_of(slot.shard)]) {  // the process died before this took effect
    bool applied = false;
    if (slot.orphaned) outcome_of(slot, applied);
    if (applied) execute(slot, false);
    slot.used = false;
    free_.push_back(index);
    return;
  }
  bool applied = false;
  const ports::StoreStatus status = outcome_of(slot, applied);
  slot.executed = true;
  forget(slot);
  slot.completion = {.id = slot.op.id, .status = status};
  const bool is_commit = std::holds_alternative<ports::CommitBatch>(slot.op.request);
  if (applied) {
    ports::StoreResult result = execute(slot, status != ports::StoreStatus::Ok);
    if (status == ports::StoreStatus::Ok) slot.completion.result = std::move(result);
  }
  if (status != ports::StoreStatus::Ok && is_commit) {
    slot.completion.result = ports::Committed{.batch = std::move(std::get<ports::CommitBatch>(slot.op.request))};
  }
  slot.members_then.reset();
  context_->trace.add(0x570, slot.op.id, static_cast<std::uint64_t>(status));
  const Duration back = within({0ns, 200us}, context_->next_draw(Stream::StoreLatency, 1, latencies_));
  context_->wheel.schedule(context_->now() + back, Happening::StoreDone, index);
  if (mutant(Mutant::SynchronousOff)) sync_lazily();
}

ports::StoreResult StoreModel::execute(Slot& slot, bool keep_request) {
  ports::StoreRequest request = keep_request ? slot.op.request : std::move(slot.op.request);
  return database_->execute(std::move(request), slot.members_then ? &*slot.members_then : nullptr);
}

std::optional<StoreModel::Reply> StoreModel::done(std::uint32_t index) {
  Slot& slot = slots_[index];
  STARLING_ASSERT(slot.used);
  slot.used = false;
  free_.push_back(index);
  if (slot.life != lives_[node_of(slot.shard)]) return std::nullopt;
  return Reply{.shard = slot.shard, .completion = std::move(slot.completion)};
}

void StoreModel::process_died(std::uint32_t node, Death death) {
  const std::uint64_t random = context_->next_draw(Stream::Fate, 0, deaths_);
  ++lives_[node];
  if (is_shared()) return orphan(node, random);
  if (random % 2 == 0 && context_->now() < group_ends_) finish_group_of_the_dead();
  if (death == Death::Machine && mutant(Mutant::SynchronousOff)) *database_ = synced_;
  stopped_ = false;
  batches_.clear();
  group_ends_ = next_group_ends_ = context_->now();
}

/// The connections of a node are gone: the database server finds out when it wants to answer, or before it begins.
void StoreModel::orphan(std::uint32_t node, std::uint64_t random) {
  for (Slot& slot : slots_) {
    if (!slot.used || slot.executed || node_of(slot.shard) != node || !is_write(slot.op.request)) continue;
    random = mix64(random);
    slot.orphaned = slot.orphaned || random % 2 == 0;
  }
  std::erase_if(batches_, [&](const auto& each) { return each.first.first == node; });
}

/// The group under way was in the log whole, only its answers are lost.
void StoreModel::finish_group_of_the_dead() {
  if (stopped_ || context_->now() < unavailable_until_ || context_->now() < full_until_) return;
  std::vector<Slot*> group;
  for (Slot& slot : slots_) {
    const bool waits = slot.used && !slot.executed && slot.life + 1 == lives_[0] && slot.at == group_ends_;
    if (waits && is_write(slot.op.request)) group.push_back(&slot);
  }
  std::sort(group.begin(), group.end(), [](const Slot* a, const Slot* b) { return a->order < b->order; });
  for (Slot* slot : group) execute(*slot, false);
}

/// The planted bug: answers do not wait for the disk, which is synced now and then.
void StoreModel::sync_lazily() {
  if (context_->now() - synced_at_ < 1s) return;
  synced_at_ = context_->now();
  synced_ = *database_;
}

void StoreModel::be_unavailable(Instant until) {
  unavailable_until_ = until;
  context_->hinder_repair(until);
}

void StoreModel::heal() { lost_until_ = unavailable_until_ = full_until_ = slow_until_ = context_->now(); }

}  // namespace starling::sim
