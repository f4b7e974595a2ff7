// WebSocket close codes that mean something to the engine.
#pragma once

#include "common/wire/close_code.h"

namespace starling::client {

namespace close_code = wire::close_code;

}  // namespace starling::client
