// The short road for the one frame that a client receives by the million: an Event as encode() writes it.
#pragma once

#include <cstddef>
#include <optional>
#include <span>

#include "common/wire/event.h"

namespace starling::wire {

/// The event, if `bytes` are a ServerFrame that holds one in the plain form: known fields only, each once and in order,
/// every limit kept, an opaque body. Nothing else is judged here: on nullopt the general decoder decides.
std::optional<Event> decode_plain_event(std::span<const std::byte> bytes);

}  // namespace starling::wire
