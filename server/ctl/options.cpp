#include "server/ctl/options.h"

#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
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

HandOver::~HandOver() {
  namespace fs = std::filesystem;
  struct stat dir{};
  if (::geteuid() != 0 || ::stat(data_dir_.c_str(), &dir) != 0 || dir.st_uid == 0) return;
  std::error_code error;
  for (auto entry = fs::recursive_directory_iterator(data_dir_, error); entry != fs::recursive_directory_iterator();
       entry.increment(error)) {
    const std::string path = entry->path().string();
    struct stat file{};
    if (::lstat(path.c_str(), &file) != 0 || file.st_uid != 0) continue;
    if (::lchown(path.c_str(), dir.st_uid, dir.st_gid) != 0)
      failed(fmt::format("cannot hand over {}: {}", path, std::strerror(errno)));
  }
}

WallTime wall_now() {
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  return WallTime(std::chrono::duration_cast<std::chrono::milliseconds>(now));
}

}  // namespace starling::ctl
