// A connection that is waited for, but never longer than it says: of a thread that has to end, and of somebody who waits for an
// answer, whatever the server does.
#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "server/store/postgres/call.h"
#include "server/store/postgres/conninfo.h"
#include "server/store/postgres/link.h"
#include "server/store/postgres/resolver.h"
#include "server/store/postgres/rows.h"

namespace starling::postgres {

/// Owner: one thread at a time.
class BoundedSession {
 public:
  /// To the primary, within limits::kConnectPatience. `resolver` and `first_host` as of a Link. Throws Failed.
  BoundedSession(const std::string& conninfo, std::shared_ptr<Resolver> resolver, std::size_t first_host,
                 Access access = Access::Read);

  /// One transaction of these calls, within limits::kWatchdog. `proven`: its end waits for a standby, and fails where that was
  /// cut short. Throws Failed; the session is of no more use then.
  std::vector<Rows> run(std::vector<Call> calls, bool proven = false);

 private:
  void wait_until(const std::function<bool()>& done, std::chrono::milliseconds patience);

  Link link_;
};

}  // namespace starling::postgres
