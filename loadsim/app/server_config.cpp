#include "loadsim/app/server_config.h"

#include <fmt/format.h>

#define TOML_EXCEPTIONS 0
#include <toml++/toml.h>

#include <thread>

namespace starling::loadsim {

Result<ServerConfig, std::string> read_server_config(const std::string& path) {
  const toml::parse_result parsed = toml::parse_file(path);
  if (!parsed) {
    return tl::unexpected(
        fmt::format("{}: {}; name the server's configuration with --config, or check it with: starlingd --config {} "
                    "--check-config",
                    path, parsed.error().description(), path));
  }
  ServerConfig config;
  const toml::node_view server = parsed["server"];
  config.listen = server["listen"].value_or(config.listen);
  config.data_dir = server["data_dir"].value_or(config.data_dir);
  config.node = parsed["cluster"]["node"].value_or(config.node);
  config.shards = parsed["runtime"]["shards"].value_or(config.shards);
  if (config.shards == 0) config.shards = static_cast<std::uint16_t>(std::thread::hardware_concurrency());
  return config;
}

}  // namespace starling::loadsim
