// Why a credential or a key file was refused.
#pragma once

#include <cstdint>

namespace starling::auth {

enum class AuthError : std::uint8_t {
  Malformed = 1,     // not base64url, wrong length, unknown kind or version, ids of zero
  UnknownKey = 2,    // signed with a key this server does not hold (another server, or rotated away)
  BadSignature = 3,  // altered
  Expired = 4,
  NotYetValid = 5,  // issued in the future, beyond the tolerance: one of the two clocks is wrong
};
/// Only the time is against it. Where a clock is wrong it may be good at another node, or the next one be.
constexpr bool is_untimely(AuthError error) { return error == AuthError::Expired || error == AuthError::NotYetValid; }
/// For the peer: says what is wrong and what to do, without any part of the credential.
const char* describe(AuthError error);

}  // namespace starling::auth
