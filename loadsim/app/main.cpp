// starling-loadsim: virtual users against a real server, or a simulated one, and a verdict.
#include <CLI/CLI.hpp>

#include "loadsim/app/cmd_crowd.h"
#include "loadsim/app/cmd_run.h"
#include "loadsim/app/cmd_sabotage.h"
#include "loadsim/app/cmd_shrink.h"
#include "loadsim/app/cmd_sim.h"
#include "loadsim/app/exit_codes.h"

// NOLINTNEXTLINE(bugprone-exception-escape): before the command line is read, there is nobody to tell.
int main(int argc, char** argv) {
  using namespace starling::loadsim;
  CLI::App app("Starling's load simulator");
  app.require_subcommand(1);
  int exit_code = kExitPass;
  add_run_command(app, exit_code);
  add_sim_command(app, exit_code);
  add_crowd_command(app, exit_code);
  add_sabotage_command(app, exit_code);
  add_shrink_command(app, exit_code);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? kExitPass : kExitUsage;
  }
  return exit_code;
}
