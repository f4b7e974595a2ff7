#include "loadsim/load/progress.h"

#include <fmt/format.h>
#include <unistd.h>

#include <cstdio>

namespace starling::load {

Progress::Progress() : terminal_(::isatty(STDERR_FILENO) == 1) {}
Progress::~Progress() { wipe(); }

void Progress::wipe() {
  if (shown_) fmt::print(stderr, "\r\x1b[K");
  shown_ = false;
}

void Progress::phase(std::string_view name) {
  wipe();
  fmt::print(stderr, "{}\n", name);
}

void Progress::second(const report::Second& second, const report::Gauges& gauges, const report::Counters& counters) {
  if (!terminal_) return;
  fmt::print(stderr,
             "\r\x1b[K{:6.0f} s  {}/{} online  {:.0f} sends/s  {:.0f} deliveries/s  p50 {:.1f} p99 {:.1f} ms  {} "
             "waiting  {} violations",
             second.at_s, gauges.ready, gauges.users, second.sends_per_s, second.deliveries_per_s, second.p50_ms,
             second.p99_ms, gauges.waiting, counters.violations);
  std::fflush(stderr);
  shown_ = true;
}

}  // namespace starling::load
