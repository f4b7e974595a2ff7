// The log in PostgreSQL, for several nodes that share it: operations in, completions out, on the store's own threads. An
// answer Ok means that what it tells is where the configured durability wants it (docs/decisions/0013, 0018).
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "common/base/ids.h"
#include "common/base/result.h"
#include "common/base/start_error.h"
#include "server/ports/store.h"
#include "server/store/postgres/config.h"
#include "server/store/postgres/migrate.h"

namespace starling::postgres {

/// Counted since the start.
struct StoreStats {
  std::uint64_t transactions = 0;
  std::uint64_t rows_accepted = 0;
  std::uint64_t reads = 0;
  std::uint64_t queries = 0;  // that the reads took
  std::uint64_t unknown = 0;
  std::uint64_t connects = 0;
};

class Store {
 public:
  /// Called on the store's threads, once per submitted operation, never after ~Store has returned.
  using Complete = std::function<void(ShardId, ports::StoreCompletion&&)>;

  /// An older schema is migrated, an absent one made. Waits until every connection to the primary is there.
  static Result<std::unique_ptr<Store>, StartError> open(const StoreConfig& config, Complete complete,
                                                         const Say& say = {});
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
  /// Prometheus text.
  std::string metrics() const;
  StoreStats stats() const;

 private:
  struct Threads;
  explicit Store(std::unique_ptr<Threads> threads);

  std::unique_ptr<Threads> threads_;
};

}  // namespace starling::postgres
