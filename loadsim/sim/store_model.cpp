#include "loadsim/sim/store_model.h"

#include <algorithm>
#include <utility>

#include "common/base/assert.h"
#include "common/base/mutant.h"
#include "loadsim/sim/embedded_store.h"
#include "loadsim/sim/postgres_store.h"
#include "loadsim/sim/recording.h"
#include "server/ports/event_time.h"

namespace starling::sim {

std::unique_ptr<StoreModel> make_store(Context& context, Database& database) {
  const bool shared = context.options.nodes > 1;  // no file is
  if (shared || context.options.store == StoreKind::Postgres) return std::make_unique<PostgresStore>(context, database);
  return std::make_unique<EmbeddedStore>(context, database);
}

std::uint32_t StoreModel::take(ShardId shard, ports::StoreOp op) {
  if (context_->recording != nullptr) context_->recording->submitted(context_->now(), shard, op.request);
  if (free_.empty()) {
    free_.push_back(static_cast<std::uint32_t>(slots_.size()));
    slots_.emplace_back();
  }
  const std::uint32_t slot = free_.back();
  free_.pop_back();
  slots_[slot] = {.used = true, .life = lives_[node_of(shard)], .shard = shard, .op = std::move(op), .completion = {}};
  return slot;
}

void StoreModel::give_back(std::uint32_t slot) {
  slots_[slot].used = false;
  free_.push_back(slot);
}

Instant StoreModel::time_of(bool write) {
  const Options& options = context_->options;
  const Instant now = context_->now();
  const std::uint64_t random = context_->next_draw(Stream::StoreLatency, 0, latencies_);
  Duration slow = now < slow_until_ ? slow_by_ : Duration::zero();
  if (slow > Duration::zero()) ++context_->tally(users::FaultKind::StoreSlow).effective;
  if (!write) return now + within(options.read_latency, random) + slow;
  return groups_.join(now, within(options.fsync_latency, random) + slow);
}

void StoreModel::check_one_batch_per_room(ShardId shard, const ports::StoreOp& op) {
  const auto* batch = std::get_if<ports::CommitBatch>(&op.request);
  if (batch == nullptr || (op.id & kOfTheService) != 0) return;
  if (++batches_[{node_of(shard), batch->room, batch->fence}] > 1) {
    context_->violations.report({.guarantee = check::Guarantee::G14_BoundedMemory,
                                 .room = batch->room,
                                 .text = "two batches of a room are in flight at once"});
  }
}

void StoreModel::forget(const Slot& slot) {
  const auto* batch = std::get_if<ports::CommitBatch>(&slot.op.request);
  if (batch == nullptr || (slot.op.id & kOfTheService) != 0 || asked_by_the_dead(slot)) return;
  const auto at = batches_.find({node_of(slot.shard), batch->room, batch->fence});
  if (at != batches_.end() && --at->second == 0) batches_.erase(at);
}

std::optional<BeforeLock> StoreModel::before_lock(const ports::StoreRequest& request) const {
  const auto* batch = std::get_if<ports::CommitBatch>(&request);
  if (batch == nullptr || !(mutant(Mutant::M3_SingleStatement) || mutant(Mutant::M11_MembershipOutsideLock))) {
    return std::nullopt;
  }
  const RoomLog* room = database_->find(batch->room);
  if (room == nullptr) return std::nullopt;
  return BeforeLock{.members = room->members(), .head = room->head()};
}

/// Nodes of several are held to the store's clock, which is right here. A repeat may be older.
void StoreModel::check_time_asked(const ports::StoreOp& op) const {
  constexpr auto kAhead = 6s;
  const auto* batch = std::get_if<ports::CommitBatch>(&op.request);
  if (batch == nullptr || context_->options.nodes == 1 || batch->now <= true_wall(context_->now()) + kAhead) return;
  context_->violations.report({.guarantee = check::Guarantee::G10_Convergence,
                               .room = batch->room,
                               .text = "a home writes with a time that is seconds ahead of the store's"});
}

/// An event has the time that its home's clock says, or a little more: a clock that was wrong does not hold the room.
void StoreModel::check_times_given(const ports::Committed& committed) const {
  for (const ports::CommitRowResult& row : committed.results) {
    if (row.status != wire::SendStatus::Accepted) continue;
    if (row.ts >= committed.batch.now && row.ts <= committed.batch.now + ports::kClockBack) continue;
    context_->violations.report({.guarantee = check::Guarantee::G10_Convergence,
                                 .room = committed.batch.room,
                                 .seq = row.seq,
                                 .text = "an event has another time than the clock of who wrote it, by " +
                                         std::to_string((row.ts - committed.batch.now).count()) + " ms"});
  }
}

void StoreModel::answer(std::uint32_t index, ports::StoreStatus status, ports::StoreResult result, Duration after) {
  Slot& slot = slots_[index];
  forget(slot);
  slot.completion = {.id = slot.op.id, .status = status};
  const bool refused = status != ports::StoreStatus::Ok && status != ports::StoreStatus::Unknown;
  if (refused && context_->recording != nullptr) context_->recording->refused(context_->now(), slot.op.request);
  if (status == ports::StoreStatus::Ok) {
    if (const auto* committed = std::get_if<ports::Committed>(&result)) check_times_given(*committed);
    slot.completion.result = std::move(result);
  } else if (auto* batch = std::get_if<ports::CommitBatch>(&slot.op.request)) {
    slot.completion.result = ports::Committed{.batch = std::move(*batch)};
  }
  context_->trace.add(0x570, slot.op.id, static_cast<std::uint64_t>(status));
  const Duration back = within({0ns, 200us}, context_->next_draw(Stream::StoreLatency, 1, latencies_));
  context_->wheel.schedule(context_->now() + after + back, Happening::StoreDone, index);
}

std::optional<StoreModel::Reply> StoreModel::done(std::uint32_t index) {
  Slot& slot = slots_[index];
  STARLING_ASSERT(slot.used);
  give_back(index);
  if (asked_by_the_dead(slot)) return std::nullopt;
  return Reply{.shard = slot.shard, .completion = std::move(slot.completion)};
}

void StoreModel::next_life(std::uint32_t node) {
  ++lives_[node];
  stopped_by_[node].reset();
  std::erase_if(batches_, [&](const auto& each) { return std::get<0>(each.first) == node; });
}

bool StoreModel::stopped() const {
  return std::ranges::any_of(stopped_by_, [](const auto& why) { return why.has_value(); });
}

void StoreModel::be_unavailable(Instant until) {
  unavailable_until_ = until;
  context_->hinder_repair(until);
}

void StoreModel::heal() { lost_until_ = unavailable_until_ = full_until_ = slow_until_ = context_->now(); }

}  // namespace starling::sim
