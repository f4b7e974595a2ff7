// What a driver asks for: a verb and numbers, one line on the standard input. Each is answered by a line of JSON.
//   connect first=0 count=N          peers join, or come back and resume; answered when they have everything; with
//                                    the milliseconds that each took from its connect() on, as quantiles
//   leave first=0 count=N            their connections are cut, without a word
//   run per_s=R warm_s=W measure_s=M [drain_s=D] [seed=S]   {"mark":"begin"} and {"mark":"end"} come in between
//   pause first=0 count=N            their sockets are not read any more
//   look first=0 count=N [wait_s=W]  the paused read on until their connections end
//   quit
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace starling::bench {

struct Command {
  std::string verb;
  std::map<std::string, double, std::less<>> arguments;

  double number(std::string_view name, double otherwise) const {
    const auto it = arguments.find(name);
    return it == arguments.end() ? otherwise : it->second;
  }
};

/// Nothing when the line is not a verb and name=number pairs.
std::optional<Command> parse_command(std::string_view line);

}  // namespace starling::bench
