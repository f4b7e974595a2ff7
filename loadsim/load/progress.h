// What the terminal shows while a run goes on: one line that is written over, or, where there is no terminal, a line a
// phase.
#pragma once

#include <string_view>

#include "loadsim/report/run_result.h"

namespace starling::load {

class Progress {
 public:
  Progress();
  ~Progress();
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;

  void phase(std::string_view name);
  void second(const report::Second& second, const report::Gauges& gauges, const report::Counters& counters);

 private:
  void wipe();

  bool terminal_;
  bool shown_ = false;
};

}  // namespace starling::load
