#include "server/store/sqlite/data_dir.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "server/store/sqlite/folder.h"

namespace starling::store {

Result<void, std::string> DataDir::make(const std::string& path) {
  const auto made = make_folder(path);
  if (made) return {};
  return tl::unexpected(
      fmt::format("cannot make the data directory {}: {}; set server.data_dir to a place this user may write to", path,
                  made.error()));
}

Result<DataDir, std::string> DataDir::open(const std::string& path) {
  if (auto made = make(path); !made) return tl::unexpected(made.error());
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

}  // namespace starling::store
