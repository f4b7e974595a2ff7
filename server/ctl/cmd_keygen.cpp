#include "server/ctl/cmd_keygen.h"

#include <CLI/CLI.hpp>
#include <cstdio>
#include <memory>
#include <string>

#include "server/auth/key_files.h"

namespace starling::ctl {
namespace {

struct KeygenOptions {
  std::string dir;
  bool rotate = false;
  bool bus = false;
};

int keygen(const Options& options, const KeygenOptions& keygen) {
  const app::Config config = config_of(options);
  if (const auto became = become_owner(config); !became) return failed(became.error());
  const std::string dir = keygen.dir.empty() ? config.keys_dir() : keygen.dir;
  if (keygen.rotate) {
    const auto id = auth::rotate_keys(dir);
    if (!id) return failed(id.error().message);
    std::printf("%s: key %u signs from now on, the one before it is still accepted; restart starlingd\n", dir.c_str(),
                id->value);
    return kExitOk;
  }
  if (keygen.bus) {
    const auto key = auth::ensure_bus_key(dir);
    if (!key) return failed(key.error().message);
    std::printf("%s: this node's key on the bus is in place; the other nodes know it as\n%s\n", dir.c_str(),
                auth::text_of(*key).c_str());
    return kExitOk;
  }
  if (const auto made = auth::ensure_keys(dir); !made) return failed(made.error().message);
  std::printf("%s: keys are in place\n", dir.c_str());
  return kExitOk;
}

}  // namespace

void add_keygen_command(CLI::App& root, Options& options) {
  CLI::App* command = root.add_subcommand("keygen", "Make the server's keys where there are none");
  auto keygen_options = std::make_shared<KeygenOptions>();
  command->add_option("--dir", keygen_options->dir, "Where (default: keys in the data directory)");
  command->add_flag("--rotate", keygen_options->rotate, "Add newer keys; of each kind the newest two stay");
  command->add_flag("--bus", keygen_options->bus, "Make the key by which the other nodes of a cluster know this one")
      ->excludes("--rotate");
  command->callback([keygen_options, &options] { options.exit_code = keygen(options, *keygen_options); });
}

}  // namespace starling::ctl
