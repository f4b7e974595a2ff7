// Tells systemd (Type=notify) how the service is. Does nothing when not started by it.
#pragma once

#include <string_view>

namespace starling::app {

/// `state` as in sd_notify(3): "READY=1", "STOPPING=1", "STATUS=…".
void service_notify(std::string_view state);

}  // namespace starling::app
