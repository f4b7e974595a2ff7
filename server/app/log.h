// The process's log: lines on stderr, which systemd's journal keeps. Bodies and tokens are never logged.
#pragma once

#include "server/app/config.h"

namespace starling::app {

void start_log(LogLevel level);

}  // namespace starling::app
