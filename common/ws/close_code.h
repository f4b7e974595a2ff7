// Why a connection was closed: the codes of RFC 6455 section 7.4. Those of the application, from 4000 on, are
// common/wire's.
#pragma once

#include <cstdint>

namespace starling::ws {

enum class CloseCode : std::uint16_t {
  None = 0,  // not closed by a code
  Normal = 1000,
  GoingAway = 1001,
  ProtocolError = 1002,
  UnsupportedData = 1003,
  NoStatus = 1005,  // a close frame without a code; never sent
  Abnormal = 1006,  // no close frame at all; never sent
  InvalidPayload = 1007,
  PolicyViolation = 1008,
  MessageTooBig = 1009,
  MandatoryExtension = 1010,
  InternalError = 1011,
  ServiceRestart = 1012,
  TryAgainLater = 1013,
  BadGateway = 1014,
};

/// May the code stand in a close frame? Section 7.4.2, and the registered 1012 to 1014.
constexpr bool is_sendable(CloseCode code) {
  const auto value = static_cast<std::uint16_t>(code);
  return (value >= 1000 && value <= 1014 && value != 1004 && value != 1005 && value != 1006) ||
         (value >= 3000 && value <= 4999);
}

}  // namespace starling::ws
