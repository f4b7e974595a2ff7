// SIGTERM and SIGINT as values: blocked in every thread and read by the main one.
#pragma once

#include "common/base/time.h"

namespace starling::app {

class StopSignals {
 public:
  /// Before any thread starts, which would not inherit the mask.
  StopSignals();
  ~StopSignals();
  StopSignals(const StopSignals&) = delete;
  StopSignals& operator=(const StopSignals&) = delete;

  /// True when one came within `wait`.
  bool wait(Duration wait);

 private:
  int fd_;
};

}  // namespace starling::app
