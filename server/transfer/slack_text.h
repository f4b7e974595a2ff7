// Slack's markup to Markdown and to this server's mentions.
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "common/base/ids.h"

namespace starling::transfer {

/// The number of a user by Slack's id, "U…" or "W…".
using UserByName = std::function<UserId(std::string_view)>;

/// <@U…> to <@NUMBER>, <!channel> and its like to <@room>, <#C…|name> to #name, links to Markdown's, *bold* and ~strike~ to
/// Markdown's, entities to characters, :name: to the emoji where it is a common one. Code keeps its text. What would only
/// look like a mention once its entities are characters is kept from becoming one.
std::string text_of_slack(std::string_view text, const UserByName& user);

}  // namespace starling::transfer
