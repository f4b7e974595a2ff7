#include "server/transfer/line_file.h"

#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>

namespace starling::transfer {

Result<LineFile, std::string> LineFile::open(const std::string& path, std::size_t line_bytes_max) {
  if (path == "-") return LineFile(stdin, line_bytes_max);
  std::FILE* file = std::fopen(path.c_str(), "rb");
  if (file == nullptr) {
    return tl::unexpected(fmt::format("it cannot be read: {}; check the path, and that user {} may read it",
                                      std::strerror(errno), ::geteuid()));
  }
  return LineFile(file, line_bytes_max);
}

bool LineFile::next(std::string_view& line) {
  line_.clear();
  std::array<char, 1 << 14> piece;
  while (std::fgets(piece.data(), piece.size(), file_.get()) != nullptr) {
    // A zero byte ends a piece early; the line then is no JSON, which is what will be said of it.
    line_ += piece.data();
    if (line_.ends_with('\n')) {
      line_.pop_back();
      line = line_;
      return true;
    }
    if (line_.size() > line_bytes_max_) {
      error_ = fmt::format("a line has more than {} bytes: it is no export", line_bytes_max_);
      return false;
    }
  }
  if (std::ferror(file_.get()) != 0) {
    error_ = fmt::format("it cannot be read to its end: {}; take the export again", std::strerror(errno));
    return false;
  }
  line = line_;
  return !line_.empty();
}

std::string LineFile::last_line() const {
  struct stat about{};
  const int fd = ::fileno(file_.get());
  if (::fstat(fd, &about) != 0 || !S_ISREG(about.st_mode)) return {};
  std::array<char, 1 << 12> tail;
  const auto size = static_cast<std::size_t>(about.st_size);
  const std::size_t from = size > tail.size() ? size - tail.size() : 0;
  const ssize_t taken = ::pread(fd, tail.data(), tail.size(), static_cast<off_t>(from));
  std::string_view text(tail.data(), taken > 0 ? static_cast<std::size_t>(taken) : 0);
  while (text.ends_with('\n')) text.remove_suffix(1);
  const auto feed = text.rfind('\n');
  return std::string(feed == std::string_view::npos ? text : text.substr(feed + 1));
}

}  // namespace starling::transfer
