#include "server/core/turn.h"

#include "common/wire/codec.h"

namespace starling::core {

void Turn::wire_encode(const wire::ServerFrame& frame) { wire::encode(frame, buffer); }

}  // namespace starling::core
