#include "server/store/sqlite/folder.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <system_error>
#include <vector>

namespace starling::store {
namespace {

namespace fs = std::filesystem;

constexpr mode_t kOthers = 077;

tl::unexpected<std::string> words_of(int error) { return tl::unexpected(std::string(std::strerror(error))); }

}  // namespace

std::string folder_of(const std::string& path) {
  const fs::path parent = fs::path(path).parent_path();
  return parent.empty() ? "." : parent.string();
}

bool sync_folder(const std::string& folder) {
  const int fd = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (fd < 0) return false;
  const bool synced = ::fsync(fd) == 0;
  const int error = errno;
  ::close(fd);
  errno = error;
  return synced;
}

Result<void, std::string> make_folder(const std::string& folder) {
  std::vector<fs::path> missing;
  std::error_code error;
  for (fs::path at = fs::path(folder).lexically_normal(); !at.empty() && !fs::exists(at, error);
       at = at.parent_path()) {
    if (error) return tl::unexpected(error.message());
    if (at.has_filename()) missing.push_back(at);
  }
  for (auto at = missing.rbegin(); at != missing.rend(); ++at) {
    if (::mkdir(at->c_str(), 0700) != 0 && errno != EEXIST) return words_of(errno);
    if (!sync_folder(folder_of(at->string()))) return words_of(errno);
  }
  return {};
}

Result<void, std::string> keep_private(const std::string& path) {
  struct stat file{};
  if (::stat(path.c_str(), &file) != 0) {
    if (errno == ENOENT) return {};
    return words_of(errno);
  }
  if ((file.st_mode & kOthers) == 0 || ::chmod(path.c_str(), file.st_mode & 07777 & ~kOthers) == 0) return {};
  return words_of(errno);
}

Result<void, std::string> make_private(const std::string& path) {
  const int made = ::open(path.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  if (made < 0) return errno == EEXIST ? keep_private(path) : words_of(errno);
  ::close(made);
  if (!sync_folder(folder_of(path))) return words_of(errno);
  return {};
}

}  // namespace starling::store
