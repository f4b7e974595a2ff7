// The store behind the node's seam, SQLite or PostgreSQL: operations of the shards go in, completions come back to their
// mailboxes; and those of the account service to it.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <variant>

#include "common/base/result.h"
#include "common/base/start_error.h"
#include "server/accounts/store_calls.h"
#include "server/app/config.h"
#include "server/runtime/node.h"
#include "server/store/postgres/clusters.h"
#include "server/store/postgres/seat.h"
#include "server/store/postgres/store.h"
#include "server/store/sqlite/store.h"

namespace starling::app {

class StoreService {
 public:
  /// Rooms whose log has grown by this process, on the store's thread.
  using Committed = std::function<void(std::span<const RoomId>)>;
  /// All outlive the service: the last completions arrive while it is destroyed.
  static Result<std::unique_ptr<StoreService>, StartError> open(const Config& config, runtime::Node& node,
                                                                accounts::StoreCalls& calls, Committed committed);

  /// Good for as long as the service.
  runtime::StoreLink link();

  /// Who has the place of a node among those that share the store. Waits for it.
  static Result<std::optional<postgres::Seat>, StartError> seat_of(const Config& config);

  /// It takes no more commits, ever: the process must restart.
  bool failed() const;
  std::string why() const;
  /// So far.
  std::uint64_t reads() const;

 private:
  using Store = std::variant<std::unique_ptr<store::Store>, std::unique_ptr<postgres::Store>,
                             std::unique_ptr<postgres::Clusters>>;
  explicit StoreService(Store store) : store_(std::move(store)) {}

  Store store_;
};

}  // namespace starling::app
