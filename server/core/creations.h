// Rooms being created. The store's key (device, request id) makes a repeat harmless, so an unknown outcome is repeated.
#pragma once

#include <vector>

#include "server/core/links.h"
#include "server/core/session_table.h"
#include "server/core/store_calls.h"

namespace starling::core {

class Creations {
 public:
  Creations(Turn& turn, Links& links, StoreCalls& store, SessionTable& sessions)
      : turn_(turn), links_(links), store_(store), sessions_(sessions) {}

  void on(std::uint32_t session, const wire::CreateRoom& create);
  void made(CreateCall&& call, const ports::StoreCompletion& done);
  void retry();

 private:
  void busy(const CreateCall& call, std::uint32_t retry_after_ms);
  void answer(const CreateCall& call, wire::CreateStatus status, RoomId room);

  Turn& turn_;
  Links& links_;
  StoreCalls& store_;
  SessionTable& sessions_;
  std::size_t in_flight_ = 0;
  std::vector<CreateCall> retries_;
};

}  // namespace starling::core
