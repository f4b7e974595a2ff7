// The log in PostgreSQL, for several nodes that share it: operations in, completions out, on the store's own threads. An
// answer Ok means that what it tells is where the configured durability wants it (docs/decisions/0013, 0018).
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "common/base/ids.h"
#include "common/base/result.h"
#include "common/base/start_error.h"
#include "server/ports/store.h"
#include "server/store/postgres/config.h"
#include "server/store/postgres/counters.h"
#include "server/store/postgres/migrate.h"

namespace starling::postgres {

class Store {
 public:
  /// Called on the store's threads, once per submitted operation, never after ~Store has returned.
  using Complete = std::function<void(ShardId, ports::StoreCompletion&&)>;

  /// An older schema is migrated, an absent one made. Waits until every connection to the primary is there. `counters`: those
  /// that it shares with other stores.
  static Result<std::unique_ptr<Store>, StartError> open(const StoreConfig& config, Complete complete,
                                                         const Say& say = {}, std::shared_ptr<Counters> counters = {});
  Store(const Store&) = delete;
  Store& operator=(const Store&) = delete;
  /// Answers what was submitted, as well as it can, then stops.
  ~Store();

  /// Any thread; never blocks on I/O.
  void submit(ShardId shard, ports::StoreOp&& op);

  /// Takes commits now, and will for a while. False: some connection is lost, no space, no standby; `why` says which.
  bool healthy() const;
  /// The database is of another history: everything is answered Stopped, and the process must restart.
  bool failed() const;
  std::string why() const;
  /// Operations that wait for an answer of the database.
  struct Waiting {
    std::size_t writes = 0;
    std::size_t reads = 0;
  };
  Waiting waiting() const;
  /// Prometheus text.
  std::string metrics() const;
  StoreStats stats() const;

 private:
  struct Threads;
  explicit Store(std::unique_ptr<Threads> threads);

  std::unique_ptr<Threads> threads_;
};

}  // namespace starling::postgres
