// The close codes with which server and client tell each other something, docs/PROTOCOL.md; those that only say which
// rule of RFC 6455 was broken are common/ws's.
#pragma once

#include <cstdint>

namespace starling::wire::close_code {

inline constexpr std::uint16_t kNone = 0;  // the connection failed without a close frame
inline constexpr std::uint16_t kNormal = 1000;
inline constexpr std::uint16_t kGoingAway = 1001;
inline constexpr std::uint16_t kProtocolError = 1008;
inline constexpr std::uint16_t kUnauthorized = 4001;
inline constexpr std::uint16_t kTokenExpired = 4002;
inline constexpr std::uint16_t kFenced = 4003;  // by a newer login of the device
inline constexpr std::uint16_t kSlowReader = 4008;
inline constexpr std::uint16_t kDraining = 4009;
inline constexpr std::uint16_t kOverloaded = 4010;
inline constexpr std::uint16_t kVersion = 4011;
inline constexpr std::uint16_t kComingBack = 4012;  // by a client that makes the connection anew: no goodbye

}  // namespace starling::wire::close_code
