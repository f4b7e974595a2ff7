// Time on paper where milliseconds and minutes both matter: a gap takes room by its logarithm, so that order and causes can
// be seen. Round numbers of milliseconds do not exist on it; its ticks are the moments themselves.
#pragma once

#include <algorithm>
#include <cmath>
#include <vector>

#include "common/base/sort_unique.h"

namespace starling::report {

class TimeFold {
 public:
  /// Maps the moments, at least one, to places between `from` and `to`.
  TimeFold(std::vector<double> moments, double from, double to) : moments_(std::move(moments)) {
    sort_unique(moments_);
    places_.push_back(0);
    for (std::size_t i = 1; i < moments_.size(); ++i) {
      places_.push_back(places_.back() + std::log2(1.5 + (moments_[i] - moments_[i - 1])));
    }
    const double whole = std::max(places_.back(), 1e-9);
    for (double& place : places_) place = from + place / whole * (to - from);
  }

  /// Of any time; outside of the moments, their ends.
  double at(double ms) const {
    const auto next = std::lower_bound(moments_.begin(), moments_.end(), ms);
    if (next == moments_.end()) return places_.back();
    const auto i = static_cast<std::size_t>(next - moments_.begin());
    if (i == 0) return places_.front();
    const double part = (ms - moments_[i - 1]) / (moments_[i] - moments_[i - 1]);
    return places_[i - 1] + part * (places_[i] - places_[i - 1]);
  }

  const std::vector<double>& moments() const { return moments_; }

 private:
  std::vector<double> moments_;  // ascending
  std::vector<double> places_;
};

}  // namespace starling::report
