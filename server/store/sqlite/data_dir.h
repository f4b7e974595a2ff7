// The data directory: made on the first start, and held by one server, or one restore, at a time.
#pragma once

#include <string>
#include <utility>

#include "common/base/result.h"

namespace starling::store {

/// Holds an advisory lock on the directory while it lives.
class DataDir {
 public:
  /// Where there is none, makes one for its owner only. The error names the fix.
  static Result<void, std::string> make(const std::string& path);
  /// Makes it too. The error names the fix.
  static Result<DataDir, std::string> open(const std::string& path);

  DataDir(DataDir&& other) noexcept : lock_(std::exchange(other.lock_, -1)) {}
  DataDir& operator=(DataDir other) noexcept {
    std::swap(lock_, other.lock_);
    return *this;
  }
  ~DataDir();

 private:
  explicit DataDir(int lock) : lock_(lock) {}
  int lock_;
};

}  // namespace starling::store
