// Mattermost writes Markdown already: only its mentions and names of emoji differ.
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "common/base/ids.h"

namespace starling::transfer {

/// The number of a user by name; 0 for nobody.
using UserIfAny = std::function<UserId(std::string_view)>;

/// @name to <@NUMBER>, @channel, @all and @here to <@room>, :name: to the emoji. Code keeps its text.
std::string text_of_mattermost(std::string_view text, const UserIfAny& user);

}  // namespace starling::transfer
