#include "server/app/data_dir.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <system_error>

namespace starling::app {

Result<DataDir, std::string> DataDir::open(const std::string& path) {
  namespace fs = std::filesystem;
  std::error_code error;
  const bool made = fs::create_directories(path, error);
  if (!error && made) fs::permissions(path, fs::perms::owner_all, error);
  if (error) {
    return tl::unexpected(
        fmt::format("cannot make the data directory {}: {}; set server.data_dir to a place this user "
                    "may write to",
                    path, error.message()));
  }
  const std::string lock_path = path + "/starlingd.lock";
  DataDir dir(::open(lock_path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600));
  if (dir.lock_ < 0) {
    return tl::unexpected(
        fmt::format("cannot write to the data directory {}: {}; set server.data_dir to a place this "
                    "user may write to, or fix its owner",
                    path, std::strerror(errno)));
  }
  if (::flock(dir.lock_, LOCK_EX | LOCK_NB) != 0) {
    return tl::unexpected(
        fmt::format("the data directory {} is in use by another starlingd; stop it, or set "
                    "server.data_dir to another directory",
                    path));
  }
  return dir;
}

DataDir::~DataDir() {
  if (lock_ >= 0) ::close(lock_);
}

}  // namespace starling::app
