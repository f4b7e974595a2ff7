// Space that is left on the database's volume: a warning while there is still time.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>

namespace starling::store {

struct Space {
  std::uint64_t total = 0;
  std::uint64_t free = 0;
};
/// What `path`'s volume has, for this user; nothing when it cannot be told.
using SpaceFigures = std::function<std::optional<Space>(const std::string& path)>;
std::optional<Space> space_of(const std::string& path);

/// Any thread.
class FreeSpace {
 public:
  struct Floor {
    std::uint32_t percent = 0;
    std::uint64_t bytes = 0;
  };
  FreeSpace(std::string path, Floor floor, SpaceFigures figures);

  std::optional<Space> now() const { return figures_(path_); }
  /// Below the floor: what to do about it. Nothing when there is enough, or it cannot be told.
  std::optional<std::string> shortage() const;

 private:
  std::string path_;
  Floor floor_;
  SpaceFigures figures_;
};

}  // namespace starling::store
