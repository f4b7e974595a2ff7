#include "server/app/store_service.h"

#include <utility>

namespace starling::app {

Result<std::unique_ptr<StoreService>, store::OpenError> StoreService::open(const Config& config, runtime::Node& node,
                                                                           accounts::StoreCalls& calls,
                                                                           Committed committed) {
  auto complete = [&node, &calls](ShardId shard, ports::StoreCompletion&& completion) {
    if (shard == accounts::kAccountsShard) return calls.complete(std::move(completion));
    node.complete(shard, std::move(completion));
  };
  auto store = store::Store::open(
      {.path = config.database_path(), .free_percent_min = config.free_percent_min, .committed = std::move(committed)},
      std::move(complete));
  if (!store) return tl::unexpected(store.error());
  std::unique_ptr<StoreService> service(new StoreService(std::move(*store)));
  calls.attach(service->link().submit);
  return service;
}

runtime::StoreLink StoreService::link() {
  store::Store* store = store_.get();
  return {.submit = [store](ShardId shard, ports::StoreOp&& op) { store->submit(shard, std::move(op)); },
          .healthy = [store] { return store->healthy(); },
          .metrics = [store] { return store->metrics(); }};
}

}  // namespace starling::app
