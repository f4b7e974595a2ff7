#include "server/transfer/archive_files.h"

#include <archive.h>
#include <archive_entry.h>
#include <fmt/format.h>
#include <stdlib.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <memory>
#include <sstream>
#include <system_error>
#include <utility>

#include "server/transfer/fields.h"

namespace starling::transfer {
namespace {

namespace fs = std::filesystem;

/// What a zip may unpack to. A workspace of ten years has a few GB of text; a bomb has more.
constexpr std::uint64_t kUnpackedMax = std::uint64_t{64} << 30;
/// One file of an archive is read at once.
constexpr std::uint64_t kFileMax = std::uint64_t{1} << 30;

struct CloseArchive {
  void operator()(archive* a) const { archive_read_free(a); }
};

bool is_wanted(std::string_view name) { return name.ends_with(".json") || name.ends_with(".jsonl"); }

/// A relative path that stays below its folder.
bool is_inside(const fs::path& path) {
  if (path.empty() || path.is_absolute()) return false;
  return std::none_of(path.begin(), path.end(), [](const fs::path& part) { return part == ".."; });
}

void unpack_entry(archive* zip, const fs::path& to, std::uint64_t& total) {
  fs::create_directories(to.parent_path());
  std::ofstream out(to, std::ios::binary);
  std::array<char, 1 << 16> piece;
  for (;;) {
    const la_ssize_t taken = archive_read_data(zip, piece.data(), piece.size());
    if (taken < 0) refuse(fmt::format("the zip is damaged: {}; fetch it again", archive_error_string(zip)));
    if (taken == 0) break;
    total += static_cast<std::uint64_t>(taken);
    if (total > kUnpackedMax) refuse("the zip unpacks to more than 64 GiB: it is no archive of messages");
    out.write(piece.data(), taken);
  }
  out.close();
  if (!out) refuse(fmt::format("cannot unpack to {}: {}; free some space", to.string(), std::strerror(errno)));
}

void unpack(const std::string& from, const fs::path& to) {
  const std::unique_ptr<archive, CloseArchive> zip(archive_read_new());
  archive_read_support_format_zip(zip.get());
  if (archive_read_open_filename(zip.get(), from.c_str(), 1 << 16) != ARCHIVE_OK) {
    refuse(fmt::format("it cannot be read as a zip: {}; fetch it again", archive_error_string(zip.get())));
  }
  std::uint64_t total = 0;
  for (;;) {
    archive_entry* entry = nullptr;
    const int code = archive_read_next_header(zip.get(), &entry);
    if (code == ARCHIVE_EOF) return;
    if (code < ARCHIVE_WARN)
      refuse(fmt::format("the zip is damaged: {}; fetch it again", archive_error_string(zip.get())));
    const char* utf8 = archive_entry_pathname_utf8(entry);
    const char* name = utf8 != nullptr ? utf8 : archive_entry_pathname(entry);
    if (name == nullptr || archive_entry_filetype(entry) != AE_IFREG || !is_wanted(name)) continue;
    if (!is_inside(name)) refuse(fmt::format("the zip holds a file with the name '{}': it is not to be trusted", name));
    unpack_entry(zip.get(), to / name, total);
  }
}

}  // namespace

Result<ArchiveFiles, std::string> ArchiveFiles::open(const std::string& archive, const std::string& scratch) {
  std::error_code error;
  const fs::file_status status = fs::status(archive, error);
  if (!fs::exists(status)) {
    return tl::unexpected(fmt::format("it cannot be read: {}; check the path",
                                      error ? error.message() : std::string("No such file or directory")));
  }
  if (fs::is_directory(status) || !archive.ends_with(".zip")) return ArchiveFiles(archive);
  std::string folder = scratch + "/unpacked-XXXXXX";
  if (::mkdtemp(folder.data()) == nullptr) {
    return tl::unexpected(fmt::format("cannot make a folder in {}: {}", scratch, std::strerror(errno)));
  }
  ArchiveFiles files(folder);
  files.unpacked_ = folder;
  try {
    unpack(archive, folder);
  } catch (const store::SqliteError& refusal) {
    return tl::unexpected(std::string(refusal.what()));
  } catch (const fs::filesystem_error& refusal) {
    return tl::unexpected(std::string(refusal.what()));
  }
  return files;
}

ArchiveFiles::ArchiveFiles(ArchiveFiles&& other) noexcept
    : root_(std::move(other.root_)), unpacked_(std::exchange(other.unpacked_, {})) {}

ArchiveFiles& ArchiveFiles::operator=(ArchiveFiles other) noexcept {
  std::swap(root_, other.root_);
  std::swap(unpacked_, other.unpacked_);
  return *this;
}

ArchiveFiles::~ArchiveFiles() {
  std::error_code ignored;
  if (!unpacked_.empty()) fs::remove_all(unpacked_, ignored);
}

std::vector<std::string> ArchiveFiles::names(std::string_view folder) const {
  std::vector<std::string> all;
  std::error_code error;
  for (const fs::directory_entry& entry : fs::directory_iterator(fs::path(root_) / folder, error)) {
    if (entry.is_regular_file(error)) all.push_back(entry.path().filename().string());
  }
  std::ranges::sort(all);
  return all;
}

bool ArchiveFiles::has(std::string_view name) const {
  std::error_code error;
  return fs::is_regular_file(fs::path(root_) / name, error);
}

std::string ArchiveFiles::read(std::string_view name) const {
  const fs::path path = fs::path(root_) / name;
  std::error_code error;
  if (fs::file_size(path, error) > kFileMax && !error) refuse(fmt::format("{} is larger than 1 GiB", path.string()));
  std::ifstream file(path, std::ios::binary);
  std::ostringstream text;
  text << file.rdbuf();
  if (!file) refuse(fmt::format("cannot read {}: {}", path.string(), std::strerror(errno)));
  return std::move(text).str();
}

}  // namespace starling::transfer
