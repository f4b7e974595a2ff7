// The word one most likely meant.
#pragma once

#include <span>
#include <string>
#include <string_view>

namespace starling::app {

/// The candidate at the smallest edit distance (Levenshtein 1966), the first of equals; "" when there is none.
std::string nearest(std::string_view word, std::span<const std::string> candidates);

}  // namespace starling::app
