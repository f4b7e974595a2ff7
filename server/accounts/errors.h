// Why the account service refuses, for a person or a client that has to do something about it.
#pragma once

#include <cstdint>
#include <string>

#include "common/base/result.h"

namespace starling::accounts {

enum class Why : std::uint8_t {
  BadRequest,
  BadField,
  Unauthorized,
  TokenExpired,
  BadCredentials,
  TotpRequired,
  Forbidden,
  NotFound,
  Taken,
  Conflict,
  Throttled,
  Busy,
};
inline constexpr Why kLastWhy = Why::Busy;

struct Refusal {
  Why why = Why::Busy;
  std::string message;               // says what to do; never a secret
  std::uint32_t retry_after_ms = 0;  // 0: as soon as what is wrong has been mended
};

inline tl::unexpected<Refusal> refuse(Why why, std::string message, std::uint32_t retry_after_ms = 0) {
  return tl::unexpected(Refusal{why, std::move(message), retry_after_ms});
}

}  // namespace starling::accounts
