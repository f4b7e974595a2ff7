#include "loadsim/crowd/store.h"

#include <utility>

namespace starling::crowd {
void Store::submit(ShardId shard, ports::StoreOp&& op) {
  Client& client = client_of(shard);
  const Instant at = time_of(sim::is_write(op.request));
  const std::uint32_t slot = slots_.add({.life = client.life, .at = at, .shard = shard, .op = std::move(op)});
  ++client.pending;
  context_->wheel.schedule(at, What::StoreDone, slot);
}

Instant Store::time_of(bool write) {
  const Instant now = context_->now();
  const std::uint64_t random = context_->next_draw(Stream::Store, cluster_);
  if (!write) return now + within(context_->options.read_latency, random);
  return groups_.join(now, within(context_->options.fsync_latency, random));
}

ports::StoreResult Store::execute(ports::StoreRequest&& request) {
  if (const auto* keep = std::get_if<ports::KeepLease>(&request)) return views_.keep(*keep, context_->now());
  return log_->execute(std::move(request));
}

std::optional<Store::Reply> Store::done(std::uint32_t index) {
  Slot slot = slots_.take(index);
  const bool write = sim::is_write(slot.op.request);
  Client& client = client_of(slot.shard);
  if (slot.life != client.life) {
    --client.dead;
    const bool on_disk = write && client.group_survives && slot.at == client.surviving_group;
    if (on_disk) execute(std::move(slot.op.request));
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
    if (happened) execute(std::move(slot.op.request));
    return reply;
  }
  reply.completion.result = execute(std::move(slot.op.request));
  return reply;
}

void Store::died(std::uint32_t node) {
  Client& client = clients_[node];
  client.group_survives = (context_->next_draw(Stream::Death, cluster_) & 1) != 0;
  client.surviving_group = groups_.ends();
  ++client.life;
  client.dead += std::exchange(client.pending, 0);
}

}  // namespace starling::crowd
