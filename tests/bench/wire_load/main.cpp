// wire_load: the load side of the benches.
#include <fstream>
#include <string>
#include <vector>

#include "tests/bench/wire_load/load.h"
#include "tests/bench/wire_load/options.h"

int main(int argc, char** argv) {
  const starling::bench::Options options = starling::bench::parse_options(argc, argv);
  std::vector<std::string> tokens;
  std::ifstream file(options.tokens_file);
  for (std::string line; std::getline(file, line);) tokens.push_back(line);
  starling::bench::Load load(options, std::move(tokens));
  load.serve();
}
