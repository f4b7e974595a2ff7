// The passwords that every guesser tries first, of those long enough to be chosen at all.
#pragma once

#include <string_view>

namespace starling::accounts {

/// Whatever its case.
bool is_common_password(std::string_view password);

}  // namespace starling::accounts
