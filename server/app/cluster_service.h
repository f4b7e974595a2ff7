// What a node of several has beside its shards and its store: the bus to the other nodes, and the cache that they share.
#pragma once

#include <memory>
#include <string>

#include "common/base/result.h"
#include "common/base/start_error.h"
#include "server/app/config.h"
#include "server/bus/bus.h"
#include "server/directory/directory.h"
#include "server/runtime/node.h"

namespace starling::app {

class ClusterService {
 public:
  /// Listens on the bus; a node that is alone has neither. `node` outlives it, and calls nothing of it once it is gone.
  static Result<std::unique_ptr<ClusterService>, StartError> open(const Config& config, runtime::Node& node);

  runtime::BusLink bus();
  runtime::DirectoryLink directory();
  /// Prometheus text.
  std::string metrics() const;

 private:
  ClusterService() = default;

  std::unique_ptr<bus::Bus> bus_;                    // null: alone
  std::unique_ptr<directory::Directory> directory_;  // null: no cache
};

}  // namespace starling::app
