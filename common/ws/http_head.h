// What request and response heads have in common; private to this folder.
#pragma once

#include <algorithm>
#include <cstddef>
#include <string_view>

#include "common/ws/limits.h"

namespace starling::ws::http {

enum class Head { Incomplete, Complete, TooLarge };

/// Looks for the empty line, so that the head is parsed once and not again for each piece of it.
inline Head find_head(std::string_view bytes) {
  const std::string_view within = bytes.substr(0, kHeadBytesMax);
  if (within.find("\r\n\r\n") != std::string_view::npos) return Head::Complete;
  return bytes.size() >= kHeadBytesMax ? Head::TooLarge : Head::Incomplete;
}

}  // namespace starling::ws::http
