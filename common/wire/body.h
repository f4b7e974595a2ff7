// What the body of an event may be, by its kind: checked before it enters an outbox, and again by the codec.
#pragma once

#include <cstdint>
#include <string_view>

#include "common/base/result.h"
#include "common/wire/event.h"

namespace starling::wire {

enum class BodyError : std::uint8_t {
  TooLarge = 1,  // beyond limits.h
  BadText = 2,   // not UTF-8, or none of the words that the kind knows
};

/// Titles, topics and emoji are text, settings are words; messages are opaque: they may be encrypted.
Result<void, BodyError> check_body(EventKind kind, std::string_view body);

}  // namespace starling::wire
