// Joining public rooms, and answering invitations. The user is no member yet, so no device of theirs has a counter in the
// room: the row is the server's, and that it would change nothing tells a repeat.
#pragma once

#include <cstdint>
#include <vector>

#include "server/core/links.h"
#include "server/core/session_table.h"

namespace starling::core {

class Joins {
 public:
  Joins(Turn& turn, Links& links, SessionTable& sessions) : turn_(turn), links_(links), sessions_(sessions) {}

  void on(std::uint32_t session, const wire::JoinRoom& join);
  /// The room's home has an answer to a send of device 0.
  void on(ShardId from, const ports::SendAnswered& answered);

 private:
  struct Waiting {
    ports::RequestId request = 0;
    ConnId conn;
    wire::JoinRoom join;
  };

  void answer(ConnId conn, const wire::JoinRoom& join, wire::JoinStatus status, std::uint32_t retry_after_ms = 0);

  Turn& turn_;
  Links& links_;
  SessionTable& sessions_;
  std::vector<Waiting> waiting_;
};

}  // namespace starling::core
