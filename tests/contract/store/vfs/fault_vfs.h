// A SQLite VFS over the real one that fails on demand and knows what a power loss would leave.
#pragma once

#include <sqlite3.h>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>

#include "tests/contract/store/vfs/unsynced_file.h"

namespace starling::contract {

/// Registered under its name while it lives; every connection that uses it is closed before. Any thread.
class FaultVfs {
 public:
  explicit FaultVfs(std::string name);
  FaultVfs(const FaultVfs&) = delete;
  FaultVfs& operator=(const FaultVfs&) = delete;
  ~FaultVfs();
  const std::string& name() const { return name_; }

  /// The power fails within the `nth` write, truncation or sync from now (1: the next). `lost` runs at that moment, on
  /// the thread that wrote; afterwards nothing can be written.
  void lose_power_at(std::uint64_t nth, std::uint64_t seed, std::function<void()> lost);
  /// What is left in `from` after the power failed, as files in `to`.
  void recover(const std::string& from, const std::string& to);

  /// The `nth` sync from now fails with EIO, and so do all after it until `heal`.
  void fail_sync_at(std::uint64_t nth);
  /// Files may grow by so many bytes in all; then there is no space until `heal`.
  void fill_after(std::size_t bytes);
  void slow_syncs(std::chrono::milliseconds delay);
  /// Faults end; a power loss does not.
  void heal();
  std::uint64_t syncs() const;

  // ---- for the VFS's functions
  struct Glue;

 private:
  friend struct Glue;

  UnsyncedFile& file(const std::string& path);
  /// Counts an operation; false when the power is gone.
  bool powered();
  int before_write(const std::string& path, std::size_t offset, const void* bytes, std::size_t size, std::size_t grows);
  int before_truncate(const std::string& path, std::size_t size);
  struct Sync {
    int code = SQLITE_OK;
    std::uint64_t writes = 0;  // that it covers
    std::chrono::milliseconds delay{0};
  };
  Sync before_sync(const std::string& path);
  void synced(const std::string& path, std::uint64_t writes);

  std::string name_;
  std::unique_ptr<sqlite3_vfs> vfs_;
  mutable std::mutex mutex_;
  std::map<std::string, UnsyncedFile> files_;
  std::map<std::string, std::string> left_;  // by path, after the power failed
  std::uint64_t until_loss_ = 0;             // operations; 0: none planned
  std::uint64_t loss_seed_ = 0;
  std::function<void()> on_loss_;
  bool dark_ = false;
  std::uint64_t until_bad_sync_ = 0;
  bool syncs_fail_ = false;
  std::size_t space_;
  std::chrono::milliseconds sync_delay_{0};
  std::uint64_t syncs_ = 0;
};

}  // namespace starling::contract
