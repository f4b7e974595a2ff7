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
  Client& client = client_of(shard);
  const Instant at = time_of(is_write(op.request));
  const std::uint32_t slot = slots_.add({.life = client.life, .at = at, .shard = shard, .op = std::move(op)});
  ++client.pending;
  context_->wheel.schedule(at, What::StoreDone, slot, cluster_);
}

Instant Store::time_of(bool write) {
  const Instant now = context_->now();
  const std::uint64_t random = context_->next_draw(Stream::Store, cluster_);
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
  Client& client = client_of(slot.shard);
  if (slot.life != client.life) {
    --client.dead;
    const bool on_disk = write && client.group_survives && slot.at == client.surviving_group;
    if (on_disk) log_->execute(std::move(slot.op.request));
    return std::nullopt;
  }
  --client.pending;
  Reply reply{.shard = slot.shard, .completion = {.id = slot.op.id}};
  const std::uint64_t random = context_->next_draw(Stream::StoreFault, cluster_);
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

void Store::died(std::uint32_t node) {
  Client& client = clients_[node];
  client.group_survives = (context_->next_draw(Stream::Death, cluster_) & 1) != 0;
  client.surviving_group = group_ends_;
  ++client.life;
  client.dead += std::exchange(client.pending, 0);
}

}  // namespace starling::crowd
