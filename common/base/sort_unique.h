// A list becomes a set.
#pragma once

#include <algorithm>
#include <vector>

namespace starling {

/// Ascending, and each value once.
template <class T>
void sort_unique(std::vector<T>& values) {
  std::ranges::sort(values);
  const auto doubles = std::ranges::unique(values);
  values.erase(doubles.begin(), doubles.end());
}

}  // namespace starling
