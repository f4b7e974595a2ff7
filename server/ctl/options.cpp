#include "server/ctl/options.h"

#include <fmt/format.h>
#include <grp.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <utility>

#include "server/app/config_file.h"

namespace starling::ctl {

app::Config config_of(const Options& options) {
  app::ParsedConfig parsed = app::load_config(options.config_path, app::ServerFiles::NotNeeded);
  if (parsed.errors.empty()) return std::move(parsed.config);
  std::fputs(app::format_errors(options.config_path, parsed.errors).c_str(), stderr);
  std::exit(kExitFailed);
}

int failed(std::string_view message) {
  std::fprintf(stderr, "starlingctl: %.*s\n", static_cast<int>(message.size()), message.data());
  return kExitFailed;
}

Result<void, std::string> become_owner(const app::Config& config) {
  struct stat dir{};
  if (::geteuid() != 0 || ::stat(config.data_dir.c_str(), &dir) != 0 || dir.st_uid == 0) return {};
  // Groups first: afterwards it is not allowed any more.
  if (::setgroups(0, nullptr) == 0 && ::setgid(dir.st_gid) == 0 && ::setuid(dir.st_uid) == 0) return {};
  return tl::unexpected(fmt::format("cannot become user {}, who owns {}: {}; run this command as that user", dir.st_uid,
                                    config.data_dir, std::strerror(errno)));
}

Result<void, std::string> can_read(const std::string& path) {
  if (::access(path.c_str(), R_OK) == 0) return {};
  return tl::unexpected(fmt::format("cannot read {}: {}; user {}, who owns the data directory, must be able to", path,
                                    std::strerror(errno), ::geteuid()));
}

WallTime wall_now() {
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  return WallTime(std::chrono::duration_cast<std::chrono::milliseconds>(now));
}

}  // namespace starling::ctl
