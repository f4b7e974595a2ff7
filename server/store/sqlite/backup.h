// A verified copy of a running database, and the way back to it.
#pragma once

#include <cstdint>
#include <string>

#include "common/base/result.h"

namespace starling::store {

struct BackupReport {
  std::uint64_t rooms = 0;
  std::uint64_t events = 0;
  std::uint64_t bytes = 0;
};
/// What a restore makes beside `path`, until it takes its place. It is left by one that was killed.
std::string draft_of(const std::string& path);

/// Online: commits go on. Written beside `to`, verified as `verify` does, then renamed.
Result<BackupReport, std::string> backup(const std::string& path, const std::string& to);

/// Every page is sound, every room's log is dense up to its head, and its checkpoints are the log's fold.
Result<BackupReport, std::string> verify(const std::string& path);

struct RestoreReport {
  std::uint64_t rooms = 0;
  std::uint64_t events = 0;
  std::string kept;  // where the replaced database is; empty when there was none
};
/// Verifies the backup first and refuses while a server holds the directory of `path`. Every room's epoch becomes one
/// that neither file has used, so that no client takes what is new for what it lost.
Result<RestoreReport, std::string> restore(const std::string& from, const std::string& path);

}  // namespace starling::store
