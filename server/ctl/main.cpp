// starlingctl: the operator's command line.
#include <sys/stat.h>

#include <CLI/CLI.hpp>
#include <cstdio>
#include <exception>

#include "server/auth/keys.h"
#include "server/ctl/arguments.h"
#include "server/ctl/cmd_backup.h"
#include "server/ctl/cmd_doctor.h"
#include "server/ctl/cmd_epochs.h"
#include "server/ctl/cmd_export.h"
#include "server/ctl/cmd_import.h"
#include "server/ctl/cmd_invite.h"
#include "server/ctl/cmd_keygen.h"
#include "server/ctl/cmd_ledger.h"
#include "server/ctl/cmd_migrate.h"
#include "server/ctl/cmd_restore.h"
#include "server/ctl/cmd_retention.h"
#include "server/ctl/cmd_room.h"
#include "server/ctl/cmd_seed.h"
#include "server/ctl/cmd_status.h"
#include "server/ctl/cmd_token.h"
#include "server/ctl/cmd_user.h"
#include "server/ctl/options.h"

// NOLINTNEXTLINE(bugprone-exception-escape): before the command line is read, there is nobody to tell.
int main(int argc, char** argv) {
  using namespace starling;
  ::umask(0077);  // keys, databases and backups are their owner's
  CLI::App cli("starlingctl: looks after a Starling server");
  cli.set_version_flag("--version", STARLING_VERSION);
  cli.require_subcommand(1);
  cli.failure_message(ctl::refusal);
  ctl::Options options;
  cli.add_option("--config", options.config_path,
                 "The server's TOML file; without it the shipped configuration is used");
  ctl::add_migrate_command(cli, options);
  ctl::add_keygen_command(cli, options);
  ctl::add_token_command(cli, options);
  ctl::add_user_command(cli, options);
  ctl::add_invite_command(cli, options);
  ctl::add_seed_command(cli, options);
  ctl::add_status_command(cli, options);
  ctl::add_doctor_command(cli, options);
  ctl::add_room_command(cli, options);
  ctl::add_retention_command(cli, options);
  ctl::add_backup_command(cli, options);
  ctl::add_restore_command(cli, options);
  ctl::add_raise_epochs_command(cli, options);
  ctl::add_export_command(cli, options);
  ctl::add_import_command(cli, options);
  ctl::add_ledger_command(cli, options);
  auth::init_crypto();
  try {
    cli.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return cli.exit(error) == 0 ? ctl::kExitOk : ctl::kExitUsage;
  } catch (const std::exception& error) {
    return ctl::failed(error.what());
  }
  return options.exit_code;
}
