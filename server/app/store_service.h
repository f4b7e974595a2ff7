// The SQLite store behind the node's seam: operations of the shards go in, completions come back to their
// mailboxes; and those of the account service to it.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>

#include "common/base/result.h"
#include "server/accounts/store_calls.h"
#include "server/app/config.h"
#include "server/runtime/node.h"
#include "server/store/sqlite/store.h"

namespace starling::app {

class StoreService {
 public:
  /// Rooms whose log has grown, on the store's thread.
  using Committed = std::function<void(std::span<const RoomId>)>;
  /// All outlive the service: the last completions arrive while it is destroyed.
  static Result<std::unique_ptr<StoreService>, store::OpenError> open(const Config& config, runtime::Node& node,
                                                                      accounts::StoreCalls& calls, Committed committed);

  /// Good for as long as the service.
  runtime::StoreLink link();

  /// It takes no more commits, ever: the process must restart.
  bool failed() const { return store_->failed(); }
  std::string why() const { return store_->why(); }
  /// So far.
  std::uint64_t reads() const { return store_->stats().reads; }

 private:
  explicit StoreService(std::unique_ptr<store::Store> store) : store_(std::move(store)) {}

  std::unique_ptr<store::Store> store_;
};

}  // namespace starling::app
