// What people type, as part of a pattern for LIKE.
#pragma once

#include <string>
#include <string_view>

namespace starling::store {

/// With '!' as its escape.
inline std::string like_pattern(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c == '%' || c == '_' || c == '!') out += '!';
    out += c;
  }
  return out;
}

}  // namespace starling::store
