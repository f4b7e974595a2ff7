// Retries are at most a tenth of the requests, with a small reserve, so that trouble is never multiplied by its
// victims.
#pragma once

#include <algorithm>
#include <cstdint>

#include "common/client/settings.h"

namespace starling::client {

class RetryBudget {
 public:
  /// A request was answered.
  void earn() { tenths_ = std::min(tenths_ + 1, kFull); }
  /// False when the budget is spent: the retry must wait for limits::kBudgetHold.
  bool spend() {
    if (tenths_ < limits::kRequestsPerRetry) return false;
    tenths_ -= limits::kRequestsPerRetry;
    return true;
  }

 private:
  static constexpr std::uint32_t kFull = limits::kRetryReserve * limits::kRequestsPerRetry;
  std::uint32_t tenths_ = kFull;
};

}  // namespace starling::client
