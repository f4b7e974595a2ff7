// starlingd: the server.
#include <sys/stat.h>

#include <CLI/CLI.hpp>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <string>

#include "common/base/mutant.h"
#include "server/app/config_file.h"
#include "server/app/exit_codes.h"
#include "server/app/server.h"

namespace {

using namespace starling::app;

struct CommandLine {
  std::string config_path;
  std::string port_file;
  bool check = false;
  bool print = false;
};

int run(const CommandLine& line) {
  ParsedConfig parsed = load_config(line.config_path);
  if (!parsed.errors.empty()) {
    std::fputs(format_errors(line.config_path, parsed.errors).c_str(), stderr);
    return kExitBadStart;
  }
  if (line.print) std::fputs(print_config(parsed.config).c_str(), stdout);
  if (line.check)
    std::printf("%s: good\n", line.config_path.empty() ? "the shipped configuration" : line.config_path.c_str());
  if (line.print || line.check) return kExitOk;
  return run_server(parsed.config, line.port_file);
}

}  // namespace

// NOLINTNEXTLINE(bugprone-exception-escape): before the command line is read, there is nobody to tell.
int main(int argc, char** argv) {
  if (!starling::plant(std::getenv("STARLING_MUTANT"))) {
    std::fputs("starlingd: STARLING_MUTANT names no planted bug of this build; leave it away\n", stderr);
    return kExitUsage;
  }
  ::umask(0077);  // bodies are nobody else's, whoever made the data directory
  CLI::App cli("starlingd: a chat server that never loses, doubles or reorders a message it acknowledged");
  cli.set_version_flag("--version", STARLING_VERSION);
  CommandLine line;
  cli.add_option("--config", line.config_path, "TOML file; without it the shipped configuration is used");
  cli.add_flag("--check-config", line.check, "Report every error of the configuration, and exit");
  cli.add_flag("--print-config", line.print, "Print every setting in force with what it is for, and exit");
  cli.add_option("--port-file", line.port_file, "Write the port there once it is open (for listening on port 0)");
  try {
    cli.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return cli.exit(error) == 0 ? kExitOk : kExitUsage;
  }
  try {
    return run(line);
  } catch (const std::exception& error) {
    // Out of memory, of threads or of descriptors: nothing to carry on with, and perhaps not for long.
    std::fprintf(stderr, "starlingd: %s\n", error.what());
    return kExitTryAgain;
  }
}
