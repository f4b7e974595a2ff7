#include "loadsim/app/timeline_file.h"

#include <cstdio>
#include <fstream>

#include "loadsim/sim/recording.h"
#include "loadsim/sim/timeline.h"

namespace starling::loadsim {

std::optional<sim::RunReport> run_drawn(const sim::Options& options, const std::string& path) {
  sim::Recording recording;
  sim::RunReport report = sim::run(options, &recording);
  std::ofstream file(path);
  file << report::html(timeline_of(recording, options, report));
  if (file.flush()) return report;
  std::fprintf(stderr, "%s: cannot be written; choose another with --timeline\n", path.c_str());
  return std::nullopt;
}

}  // namespace starling::loadsim
