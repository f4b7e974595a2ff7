// After a backup was put in place, or a standby was promoted that nobody had waited for: names that clients may hold from the
// time that is lost are never used again.
#pragma once

#include <cstdint>
#include <string>

#include "common/base/result.h"

namespace starling::postgres {

struct EpochsRaised {
  std::uint64_t rooms = 0;
  std::uint64_t events = 0;  // that are left
};
/// Every room's epoch by `by`, in one transaction, which waits for no standby: nothing is answered before a later commit is
/// replicated, and the log is one. The error says what to do; while a node is connected nothing is raised.
Result<EpochsRaised, std::string> raise_epochs(const std::string& conninfo, std::uint64_t by);

}  // namespace starling::postgres
