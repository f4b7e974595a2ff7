#include "tests/bench/wire_load/options.h"

#include <CLI/CLI.hpp>
#include <cstdlib>
#include <map>

#include "loadsim/check/stamp.h"

namespace starling::bench {

Options parse_options(int argc, char** argv) {
  CLI::App cli("The benches' side of the wire: many connections of one thread, that send on time and check what comes");
  Options options;
  const std::map<std::string, ProtocolKind> kinds{{"starling", ProtocolKind::Starling}, {"raw", ProtocolKind::Raw}};
  cli.add_option("--port", options.ports, "On 127.0.0.1; of several each takes its share of the connections")
      ->required();
  cli.add_option("--protocol", options.protocol, "starling or raw")->transform(CLI::CheckedTransformer(kinds));
  cli.add_option("--tokens", options.tokens_file, "starling: access tokens, one a line and connection");
  cli.add_option("--connections", options.connections, "raw: how many");
  cli.add_option("--rooms", options.rooms, "raw: connection i is in room i % rooms")->check(CLI::PositiveNumber);
  cli.add_option("--body", options.body_bytes, "Bytes of a message")
      ->check(CLI::Range(check::kStampBytes, std::size_t{4096}));
  cli.add_option("--joining", options.joining_max, "Connections being opened at a time")->check(CLI::PositiveNumber);
  cli.add_option("--server-pid", options.server_pid, "Process whose CPU time a run reports");
  cli.add_flag("--fold", options.fold, "Keep prefix hashes, to resume by cursor");
  cli.add_flag("--heads", options.heads, "starling: subscribe to rooms' heads, and not to their events");
  try {
    cli.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    std::exit(cli.exit(error) == 0 ? 0 : 2);
  }
  return options;
}

}  // namespace starling::bench
