#include "loadsim/sim/directory_model.h"

#include <algorithm>
#include <utility>

namespace starling::sim {
namespace {

using users::FaultKind;

/// How long the adapter waits for a server that does not answer.
constexpr Span kGivesUp{1ms, 300ms};

void apply(const ports::DirectoryRequest& request, TailCache& cache, Instant now) {
  if (const auto* append = std::get_if<ports::AppendTail>(&request)) cache.append(*append, now);
  if (const auto* forget = std::get_if<ports::ForgetTail>(&request)) cache.forget(forget->room);
}

}  // namespace

DirectoryModel::DirectoryModel(Context& context)
    : context_(&context),
      kept_(context.options.tails, context.options.cache_rooms),
      replica_(kept_),
      has_replica_(std::ranges::any_of(context.options.schedule,
                                       [](const users::Fault& fault) {
                                         return fault.kind == FaultKind::RedisStale ||
                                                fault.kind == FaultKind::RedisFailover;
                                       })),
      lives_(context.options.nodes),
      arrived_(context.options.nodes) {}

Duration DirectoryModel::latency() {
  Duration latency = within(context_->options.cache_latency, context_->next_draw(Stream::Directory, 0, draws_));
  if (context_->now() < slow_until_) {
    ++context_->tally(FaultKind::RedisSlow).effective;
    latency += slow_by_;
  }
  return latency;
}

bool DirectoryModel::is_lost() {
  const std::uint32_t permille = context_->options.cache_loss_permille;
  return permille != 0 && chance(context_->next_draw(Stream::Directory, 3, draws_), permille);
}

void DirectoryModel::submit(ShardId shard, ports::DirectoryOp&& op) {
  if (free_.empty()) {
    free_.push_back(static_cast<std::uint32_t>(slots_.size()));
    slots_.emplace_back();
  }
  const std::uint32_t slot = free_.back();
  free_.pop_back();
  const std::uint32_t node = node_of(shard);
  context_->trace.add(0x600, shard.value, op.request.index());
  slots_[slot] = {.shard = shard, .life = lives_[node], .op = std::move(op), .read = {}};
  arrived_[node] = std::max(arrived_[node], context_->now() + latency());
  context_->wheel.schedule(arrived_[node], Happening::DirectoryDoes, slot);
}

void DirectoryModel::does(std::uint32_t index) {
  Slot& slot = slots_[index];
  const auto* asked = std::get_if<ports::ReadTail>(&slot.op.request);
  const bool down = context_->now() < down_until_;
  if (down) ++context_->tally(FaultKind::RedisDown).effective;
  if (asked == nullptr) {
    if (!down && !is_lost()) write(slot.op.request);
    slot = {};
    free_.push_back(index);
    return;
  }
  slot.read = {.id = slot.op.id, .events = down ? std::vector<wire::Event>() : read(*asked)};
  const std::uint64_t random = context_->next_draw(Stream::Directory, 1, draws_);
  const Duration back = within(down ? kGivesUp : context_->options.cache_latency, random);
  context_->wheel.schedule(context_->now() + back, Happening::DirectoryDone, index);
}

std::optional<DirectoryModel::Reply> DirectoryModel::done(std::uint32_t index) {
  const Slot slot = std::exchange(slots_[index], {});
  free_.push_back(index);
  if (slot.life != lives_[node_of(slot.shard)]) return std::nullopt;
  context_->trace.add(0x601, slot.shard.value, slot.read.events.size());
  return Reply{.shard = slot.shard, .read = slot.read};
}

// ---- the replica

void DirectoryModel::write(const ports::DirectoryRequest& request) {
  apply(request, kept_, context_->now());
  if (!has_replica_) return;
  copy_what_is_due();
  const Duration lag = within(context_->options.replica_latency, context_->next_draw(Stream::Directory, 2, draws_));
  copying_.push_back({.at = context_->now() + lag, .request = request});
}

void DirectoryModel::copy_what_is_due() {
  const Instant now = context_->now();
  for (; now >= stale_until_ && !copying_.empty() && copying_.front().at <= now; copying_.pop_front()) {
    apply(copying_.front().request, replica_, copying_.front().at);
  }
}

std::vector<wire::Event> DirectoryModel::read(const ports::ReadTail& request) {
  std::vector<wire::Event> events = kept_.read(request, context_->now());
  if (context_->now() >= stale_until_) return events;
  std::vector<wire::Event> behind = replica_.read(request, context_->now());
  if (behind.size() != events.size()) ++context_->tally(FaultKind::RedisStale).effective;
  return behind;
}

// ---- faults

void DirectoryModel::flush() {
  if (!kept_.empty()) ++context_->tally(FaultKind::RedisFlush).effective;
  kept_.clear();
  replica_.clear();
  copying_.clear();
  views_ = {};
}

void DirectoryModel::fail_over() {
  copy_what_is_due();
  if (!copying_.empty()) ++context_->tally(FaultKind::RedisFailover).effective;
  copying_.clear();
  kept_ = replica_;
}

}  // namespace starling::sim
