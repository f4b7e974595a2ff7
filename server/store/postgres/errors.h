// What PostgreSQL's error codes mean for the store (docs/decisions/0013).
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace starling::postgres {

enum class Fault : std::uint8_t {
  Refused,   // this row or value, whatever else goes on
  Busy,      // it did not happen: a lock, a deadlock, a cancelled statement: later
  Full,      // it did not happen: no space
  Lost,      // the server ends this connection, or is not the primary any more
  Unproven,  // it did not happen: no standby is waited for
  Broken,    // it did not happen, nor will it: rights, the schema, the server's files; an operator has to look
};
Fault fault_of(std::string_view sqlstate);

/// What to do about a fault, for an operator; `text` is the server's.
std::string explain(std::string_view sqlstate, std::string_view text);

}  // namespace starling::postgres
