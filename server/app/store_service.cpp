#include "server/app/store_service.h"

#include <spdlog/spdlog.h>

#include <array>
#include <utility>

#include "server/ports/numbering.h"
#include "server/runtime/membership.h"

namespace starling::app {
namespace {

static_assert(postgres::kClustersShard != runtime::kMembershipShard &&
              postgres::kClustersShard != accounts::kAccountsShard);

void tell_committed(const StoreService::Committed& committed, const ports::StoreCompletion& completion) {
  const auto* batch = std::get_if<ports::Committed>(&completion.result);
  if (batch == nullptr || completion.status != ports::StoreStatus::Ok || batch->head == batch->prev_head) return;
  committed(std::array{batch->batch.room});
}

}  // namespace

Result<std::unique_ptr<StoreService>, StartError> StoreService::open(const Config& config, runtime::Node& node,
                                                                     accounts::StoreCalls& calls, Committed committed) {
  auto complete = [&node, &calls](ShardId shard, ports::StoreCompletion&& completion) {
    if (shard == accounts::kAccountsShard) return calls.complete(std::move(completion));
    node.complete(shard, std::move(completion));
  };
  const auto finish = [&](auto&& opened) -> Result<std::unique_ptr<StoreService>, StartError> {
    if (!opened) return tl::unexpected(opened.error());
    std::unique_ptr<StoreService> service(new StoreService(std::move(*opened)));
    calls.attach(service->link().submit);
    return service;
  };
  if (!config.store.is_shared()) {
    return finish(store::Store::open({.path = config.database_path(),
                                      .free_percent_min = config.free_percent_min,
                                      .committed = std::move(committed)},
                                     std::move(complete)));
  }
  auto complete_and_tell = [complete, committed = std::move(committed)](ShardId shard,
                                                                        ports::StoreCompletion&& completion) {
    if (committed) tell_committed(committed, completion);
    complete(shard, std::move(completion));
  };
  const postgres::StoreConfig shared{.conninfo = config.store.postgres,
                                     .standby_conninfo = config.store.standby,
                                     .node = config.runtime.node.value_or(0),
                                     .connections = config.store.connections,
                                     .readers = config.store.readers,
                                     .durability = config.store.durability == Durability::Local
                                                       ? postgres::Durability::Local
                                                       : postgres::Durability::Replicated};
  const auto say = [](const std::string& line) { spdlog::info("{}", line); };
  if (config.store.rooms.empty()) return finish(postgres::Store::open(shared, std::move(complete_and_tell), say));
  return finish(postgres::Clusters::open(shared, config.store.rooms, std::move(complete_and_tell), say));
}

Result<std::optional<postgres::Seat>, StartError> StoreService::seat_of(const Config& config) {
  const std::uint16_t node = *config.runtime.node;
  const ShardId first(static_cast<std::uint16_t>(node * ports::kShardsPerNode));
  return postgres::seat_of(config.store.postgres, node, first);
}

runtime::StoreLink StoreService::link() {
  return std::visit(
      [](const auto& store) -> runtime::StoreLink {
        auto* each = store.get();
        return {.submit = [each](ShardId shard, ports::StoreOp&& op) { each->submit(shard, std::move(op)); },
                .healthy = [each] { return each->healthy(); },
                .metrics = [each] { return each->metrics(); }};
      },
      store_);
}

bool StoreService::failed() const {
  return std::visit([](const auto& store) { return store->failed(); }, store_);
}

std::string StoreService::why() const {
  return std::visit([](const auto& store) { return store->why(); }, store_);
}

std::uint64_t StoreService::reads() const {
  return std::visit([](const auto& store) { return store->stats().reads; }, store_);
}

}  // namespace starling::app
