// Short names of emoji, as Slack and Mattermost write them, to the characters themselves.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace starling::transfer {

/// Of "thumbsup", "+1::skin-tone-3". Nothing for custom ones, and for those that the table lacks.
std::optional<std::string> emoji_of(std::string_view name);

}  // namespace starling::transfer
