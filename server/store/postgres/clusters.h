// The store in several PostgreSQL clusters: the people's database, and the rooms spread by hash over others (docs/decisions/0029).
// As a Store to whoever asks.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "common/base/ids.h"
#include "common/base/result.h"
#include "common/base/start_error.h"
#include "server/ports/store.h"
#include "server/store/postgres/store.h"

namespace starling::postgres {

/// Of what the databases are asked from here: nobody who submits has it.
inline constexpr ShardId kClustersShard{0xFFFD};

class Clusters {
 public:
  using Complete = Store::Complete;

  /// `config`: of each database, but for its conninfo and part: `config.conninfo` is the people's. `rooms`: those of the parts,
  /// at least one. Waits until every connection is there.
  static Result<std::unique_ptr<Clusters>, StartError> open(const StoreConfig& config,
                                                            const std::vector<std::string>& rooms, Complete complete,
                                                            const Say& say = {});
  Clusters(const Clusters&) = delete;
  Clusters& operator=(const Clusters&) = delete;
  /// Answers what was submitted, as well as it can, then stops.
  ~Clusters();

  /// Any thread; never blocks on I/O.
  void submit(ShardId shard, ports::StoreOp&& op);

  /// People are served now, and some of the rooms.
  bool healthy() const;
  /// One of the databases is of another history: the process must restart.
  bool failed() const;
  /// Of the first that is not well.
  std::string why() const;
  /// Prometheus text, of all together.
  std::string metrics() const;
  StoreStats stats() const;

 private:
  class Parts;
  explicit Clusters(std::unique_ptr<Parts> parts);

  std::unique_ptr<Parts> parts_;
};

}  // namespace starling::postgres
