// One Output of the engine as a batch for the cache.
#pragma once

#include "client-qt/cache/ops.h"

namespace starling::qt {

/// Its persists, and what its notices say about rows; `now` is when messages in it were queued.
Batch batch_of(const client::Output& out, WallTime now);

}  // namespace starling::qt
