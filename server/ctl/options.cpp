#include "server/ctl/options.h"

#include <fmt/format.h>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <system_error>
#include <utility>

#include "server/app/config_file.h"

namespace starling::ctl {

app::Config config_of(const Options& options) {
  app::ParsedConfig parsed = app::load_config(options.config_path);
  if (parsed.errors.empty()) return std::move(parsed.config);
  std::fputs(app::format_errors(options.config_path, parsed.errors).c_str(), stderr);
  std::exit(kExitFailed);
}

int failed(std::string_view message) {
  std::fprintf(stderr, "starlingctl: %.*s\n", static_cast<int>(message.size()), message.data());
  return kExitFailed;
}

Result<void, std::string> make_data_dir(const app::Config& config) {
  namespace fs = std::filesystem;
  std::error_code error;
  const bool made = fs::create_directories(config.data_dir, error);
  if (!error && made) fs::permissions(config.data_dir, fs::perms::owner_all, error);
  if (!error) return {};
  return tl::unexpected(
      fmt::format("cannot make the data directory {}: {}; set server.data_dir to a place this user may write to",
                  config.data_dir, error.message()));
}

WallTime wall_now() {
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  return WallTime(std::chrono::duration_cast<std::chrono::milliseconds>(now));
}

}  // namespace starling::ctl
