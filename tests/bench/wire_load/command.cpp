#include "tests/bench/wire_load/command.h"

#include <charconv>
#include <sstream>

namespace starling::bench {

std::optional<Command> parse_command(std::string_view line) {
  std::istringstream words{std::string(line)};
  Command command;
  if (!(words >> command.verb)) return std::nullopt;
  for (std::string word; words >> word;) {
    const std::size_t equals = word.find('=');
    if (equals == std::string::npos) return std::nullopt;
    double value = 0;
    const char* end = word.data() + word.size();
    const auto [stopped, status] = std::from_chars(word.data() + equals + 1, end, value);
    if (status != std::errc{} || stopped != end) return std::nullopt;
    command.arguments[word.substr(0, equals)] = value;
  }
  return command;
}

}  // namespace starling::bench
