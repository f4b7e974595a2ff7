// Nothing runs on a database: for what would take away the ground under a node.
#pragma once

#include <cstdint>
#include <string>

#include "server/store/postgres/session.h"

namespace starling::postgres {

/// An advisory lock that each connection of a node shares while it is there.
inline constexpr std::int64_t kNodesLock = 6004234345560363853;

/// To the end of the session's transaction no node connects, and nobody else stands still. Throws Failed, which says what to do,
/// while one is there.
void stand_still(Session& session);

/// For as long as it lives.
class Standstill {
 public:
  explicit Standstill(const std::string& conninfo);

 private:
  Session session_;
};

}  // namespace starling::postgres
