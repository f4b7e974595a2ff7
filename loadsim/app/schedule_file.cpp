#include "loadsim/app/schedule_file.h"

#include <cstdio>
#include <fstream>
#include <iterator>
#include <utility>

#include "loadsim/sim/knobs.h"

namespace starling::loadsim {

std::optional<sim::Options> read_schedule(const std::string& path) {
  std::ifstream file(path);
  if (!file) {
    std::fprintf(stderr, "%s: cannot be read\n", path.c_str());
    return std::nullopt;
  }
  const std::string text{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
  auto options = sim::parse_options(text);
  if (!options) {
    std::fprintf(stderr, "%s:%zu: %s\n", path.c_str(), options.error().line, options.error().text.c_str());
    return std::nullopt;
  }
  return std::move(*options);
}

}  // namespace starling::loadsim
