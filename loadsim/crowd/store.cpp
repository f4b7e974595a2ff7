#include "loadsim/crowd/store.h"

#include <algorithm>
#include <utility>

namespace starling::crowd {
namespace {

bool is_write(const ports::StoreRequest& request) {
  return std::holds_alternative<ports::CommitBatch>(request) || std::holds_alternative<ports::PutReadMarks>(request) ||
         std::holds_alternative<ports::PutCheckpoint>(request);
}

}  // namespace

void Store::submit(ShardId shard, ports::StoreOp&& op) {
  const Instant at = time_of(is_write(op.request));
  const std::uint32_t slot = slots_.add({.life = life_, .at = at, .shard = shard, .op = std::move(op)});
  ++pending_;
  context_->wheel.schedule(at, What::StoreDone, slot, node_);
}

Instant Store::time_of(bool write) {
  const Instant now = context_->now();
  const std::uint64_t random = context_->next_draw(Stream::Store, node_);
  if (!write) return now + within(context_->options.read_latency, random);
  const Duration fsync = within(context_->options.fsync_latency, random);
  if (now >= group_ends_) {
    group_ends_ = std::max(now, next_group_ends_) + fsync;
    next_group_ends_ = group_ends_;
    return group_ends_;
  }
  if (next_group_ends_ <= group_ends_) next_group_ends_ = group_ends_ + fsync;
  return next_group_ends_;
}

std::optional<Store::Reply> Store::done(std::uint32_t index) {
  Slot slot = slots_.take(index);
  const bool write = is_write(slot.op.request);
  if (slot.life != life_) {
    --dead_;
    const bool on_disk = write && group_survives_ && slot.at == surviving_group_;
    if (on_disk) log_->execute(std::move(slot.op.request));
    return std::nullopt;
  }
  --pending_;
  Reply reply{.shard = slot.shard, .completion = {.id = slot.op.id}};
  const std::uint64_t random = context_->next_draw(Stream::StoreFault, node_);
  if (write && context_->strikes(context_->lost_reply, random)) {
    ++context_->tally.replies_lost;
    reply.completion.status = ports::StoreStatus::Unknown;
    const bool happened = (mix64(random) & 1) != 0;
    auto* batch = std::get_if<ports::CommitBatch>(&slot.op.request);
    if (batch != nullptr) reply.completion.result = ports::Committed{.batch = *batch};
    if (happened) log_->execute(std::move(slot.op.request));
    return reply;
  }
  reply.completion.result = log_->execute(std::move(slot.op.request));
  return reply;
}

void Store::process_died() {
  group_survives_ = (context_->next_draw(Stream::Death, node_) & 1) != 0;
  surviving_group_ = group_ends_;
  ++life_;
  dead_ += std::exchange(pending_, 0);
  group_ends_ = next_group_ends_ = context_->now();
}

}  // namespace starling::crowd
