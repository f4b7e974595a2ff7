// Which requests only ask.
#pragma once

#include "server/ports/store.h"

namespace starling::store {

/// Reads change nothing that anybody is told of: they may be asked again, and never have an unknown outcome.
bool is_read(const ports::StoreRequest& request);

}  // namespace starling::store
