// Scenario files, read for a command.
#pragma once

#include <string>

#include "common/base/result.h"
#include "loadsim/users/scenario.h"

namespace starling::loadsim {

/// The error is every error, a line each, with the file's name.
Result<users::Scenario, std::string> read_scenario(const std::string& path);

}  // namespace starling::loadsim
