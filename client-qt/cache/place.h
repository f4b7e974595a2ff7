// Where a message stands: in which thread, and whom it calls. The one place that knows how the log says so.
#pragma once

#include <string_view>

#include "common/wire/frames.h"

namespace starling::qt {

/// Seq of the root of the thread that the event belongs to; 0: none.
Seq thread_root(const wire::Event& event);
Seq thread_root(const wire::Send& send);

/// The body calls the user: by `<@ID>`, or everybody by `<@room>`.
bool mentions(const wire::Event& event, UserId user);

}  // namespace starling::qt
