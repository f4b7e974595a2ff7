#pragma once

#include <string_view>

namespace starling::wire {

/// Well-formed UTF-8 by RFC 3629: no overlong form, no surrogate, nothing above U+10FFFF.
bool is_utf8(std::string_view text);

}  // namespace starling::wire
