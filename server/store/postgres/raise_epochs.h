// After a backup was put in place, or a standby was promoted that nobody had waited for: names that clients may hold from the
// time that is lost are never used again.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "common/base/result.h"
#include "server/store/postgres/part.h"

namespace starling::postgres {

struct EpochsRaised {
  std::uint64_t rooms = 0;
  std::uint64_t events = 0;     // that are left
  std::uint64_t forgotten = 0;  // rooms that only the people's database knew of
};
/// Every room's epoch by `by`, in one transaction a database, which waits for no standby: nothing is answered before a later commit
/// is replicated, and the log is one. Of several databases `only` that which has lost something; what the rooms say of people is
/// told anew, and rooms that are lost are forgotten. The error says what to do; while a node is connected nothing is raised.
Result<EpochsRaised, std::string> raise_epochs(const Databases& databases, std::uint64_t by,
                                               const std::optional<Part>& only = {});

}  // namespace starling::postgres
