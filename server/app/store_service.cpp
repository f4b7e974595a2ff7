#include "server/app/store_service.h"

#include <utility>

namespace starling::app {

Result<std::unique_ptr<StoreService>, store::OpenError> StoreService::open(const Config& config, runtime::Node& node,
                                                                           Committed committed) {
  auto complete = [&node](ShardId shard, ports::StoreCompletion&& completion) {
    node.complete(shard, std::move(completion));
  };
  auto store = store::Store::open(
      {.path = config.database_path(), .free_percent_min = config.free_percent_min, .committed = std::move(committed)},
      std::move(complete));
  if (!store) return tl::unexpected(store.error());
  return std::unique_ptr<StoreService>(new StoreService(std::move(*store)));
}

runtime::StoreLink StoreService::link() {
  store::Store* store = store_.get();
  return {.submit = [store](ShardId shard, ports::StoreOp&& op) { store->submit(shard, std::move(op)); },
          .healthy = [store] { return store->healthy(); },
          .metrics = [store] { return store->metrics(); }};
}

}  // namespace starling::app
