// The application's close codes (docs/PROTOCOL.md); those of RFC 6455 are in common/ws.
#pragma once

#include <cstdint>

#include "server/core/shard.h"

namespace starling::runtime {

inline constexpr std::uint16_t kCloseProtocolError = 1008;
inline constexpr std::uint16_t kCloseUnauthorized = 4001;
inline constexpr std::uint16_t kCloseExpired = 4002;
inline constexpr std::uint16_t kCloseFenced = 4003;
inline constexpr std::uint16_t kCloseSlowReader = 4008;
inline constexpr std::uint16_t kCloseDraining = 4009;
inline constexpr std::uint16_t kCloseOverloaded = 4010;
inline constexpr std::uint16_t kCloseVersion = 4011;

constexpr std::uint16_t close_code_of(core::CloseReason reason) {
  switch (reason) {
    case core::CloseReason::ProtocolError:
      return kCloseProtocolError;
    case core::CloseReason::Fenced:
      return kCloseFenced;
    case core::CloseReason::SlowReader:
      return kCloseSlowReader;
    case core::CloseReason::Draining:
      return kCloseDraining;
    case core::CloseReason::Overloaded:
      return kCloseOverloaded;
  }
  return kCloseProtocolError;
}

}  // namespace starling::runtime
