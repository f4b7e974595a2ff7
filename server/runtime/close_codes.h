// With which code the core's reasons to close a connection reach the peer.
#pragma once

#include <cstdint>

#include "common/wire/close_code.h"
#include "server/core/shard.h"

namespace starling::runtime {

namespace close_code = wire::close_code;

constexpr std::uint16_t close_code_of(core::CloseReason reason) {
  switch (reason) {
    case core::CloseReason::ProtocolError:
      return close_code::kProtocolError;
    case core::CloseReason::Fenced:
      return close_code::kFenced;
    case core::CloseReason::Revoked:
      return close_code::kUnauthorized;
    case core::CloseReason::SlowReader:
      return close_code::kSlowReader;
    case core::CloseReason::Draining:
      return close_code::kDraining;
    case core::CloseReason::Overloaded:
      return close_code::kOverloaded;
  }
  return close_code::kProtocolError;
}

}  // namespace starling::runtime
