// What the session's side of a send is: its budget, the way to the room's home, the answer.
#pragma once

#include "server/core/links.h"
#include "server/core/session_table.h"

namespace starling::core {

class Sends {
 public:
  Sends(Turn& turn, Links& links, SessionTable& sessions) : turn_(turn), links_(links), sessions_(sessions) {}

  void on(std::uint32_t session, wire::Send&& send);
  void on(ShardId from, const ports::SendAnswered& answered);

 private:
  void busy(std::uint32_t session, const wire::Send& send, std::uint32_t retry_after_ms);

  Turn& turn_;
  Links& links_;
  SessionTable& sessions_;
};

}  // namespace starling::core
