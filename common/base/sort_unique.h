// A list becomes a set.
#pragma once

#include <algorithm>
#include <functional>
#include <vector>

namespace starling {

/// Ascending, or in an order of its own that tells different values apart, and each value once.
template <class T, class Order = std::ranges::less>
void sort_unique(std::vector<T>& values, Order order = {}) {
  std::ranges::sort(values, order);
  const auto doubles = std::ranges::unique(values);
  values.erase(doubles.begin(), doubles.end());
}

}  // namespace starling
