#include "server/store/sqlite/free_space.h"

#include <fmt/format.h>
#include <sys/statvfs.h>

#include <utility>

#include "server/store/sqlite/folder.h"

namespace starling::store {

std::optional<Space> space_of(const std::string& path) {
  struct statvfs volume{};
  if (::statvfs(folder_of(path).c_str(), &volume) != 0) return std::nullopt;
  return Space{.total = static_cast<std::uint64_t>(volume.f_blocks) * volume.f_frsize,
               .free = static_cast<std::uint64_t>(volume.f_bavail) * volume.f_frsize};
}

FreeSpace::FreeSpace(std::string path, Floor floor, SpaceFigures figures)
    : path_(std::move(path)), floor_(floor), figures_(figures ? std::move(figures) : space_of) {}

std::optional<std::string> FreeSpace::shortage() const {
  const auto space = now();
  if (!space) return std::nullopt;
  // Divided first: a volume may be larger than 2^64 / 100 bytes.
  const bool enough = space->free >= space->total / 100 * floor_.percent && space->free >= floor_.bytes;
  if (enough) return std::nullopt;
  constexpr std::uint64_t kMiB = std::uint64_t{1} << 20;
  return fmt::format("only {} MiB of {} MiB are free for the database {}; free some, commits go on until none is left",
                     space->free / kMiB, space->total / kMiB, path_);
}

}  // namespace starling::store
