// Users' items on the side of their sessions: puts go to the store, and what a device lacks is read from there, part by
// part, as the outbox takes it. What changes afterwards comes from the user's home.
#pragma once

#include <cstdint>
#include <vector>

#include "server/core/links.h"
#include "server/core/session_table.h"
#include "server/core/store_calls.h"

namespace starling::core {

class Items {
 public:
  Items(Turn& turn, Links& links, StoreCalls& store, SessionTable& sessions)
      : turn_(turn), links_(links), store_(store), sessions_(sessions) {}

  void put(std::uint32_t session, const wire::PutItem& put);
  void stored(ItemPutCall&& call, const ports::StoreCompletion& done);

  /// The device holds version `after`: it gets what comes behind.
  void read(std::uint32_t session, std::uint64_t after);
  void loaded(const ItemsCall& call, ports::StoreCompletion&& done);
  /// The session's outbox has come down.
  void go_on(std::uint32_t session);
  void retry();

 private:
  void answer(const ItemPutCall& call, wire::ItemPut&& put);

  Turn& turn_;
  Links& links_;
  StoreCalls& store_;
  SessionTable& sessions_;
  std::size_t in_flight_ = 0;  // puts
  std::vector<ItemPutCall> puts_;
  std::vector<ConnId> reads_;  // to be tried again
};

}  // namespace starling::core
