// A connection that is waited for, but never longer than it says: of a thread that has to end, and of somebody who waits for an
// answer, whatever the server does.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "server/store/postgres/call.h"
#include "server/store/postgres/link.h"
#include "server/store/postgres/resolver.h"
#include "server/store/postgres/rows.h"

namespace starling::postgres {

/// Owner: one thread at a time.
class BoundedSession {
 public:
  /// To the primary, for reads, within limits::kConnectPatience. `resolver`: of the same conninfo. Throws Failed.
  BoundedSession(const std::string& conninfo, std::shared_ptr<Resolver> resolver);

  /// One transaction of these calls, within limits::kWatchdog. Throws Failed; the session is of no more use then. A commit
  /// whose wait for the standby was cancelled has failed.
  std::vector<Rows> run(const std::vector<Call>& calls);

 private:
  void wait_until(const std::function<bool()>& done, std::chrono::milliseconds patience);

  Link link_;
};

}  // namespace starling::postgres
