// What the commands of starlingctl share: the options before the command's name, and the exit code of the run.
#pragma once

#include <string>
#include <string_view>

#include "common/base/result.h"
#include "common/base/time.h"
#include "server/app/config.h"

namespace starling::ctl {

inline constexpr int kExitOk = 0;
inline constexpr int kExitFailed = 1;
inline constexpr int kExitUsage = 2;

struct Options {
  std::string config_path;  // empty: the shipped configuration
  int exit_code = kExitOk;  // set by the command that ran
};

/// The server's configuration; on errors prints them all and exits.
app::Config config_of(const Options& options);
/// Says on stderr what went wrong, and gives the exit code for it.
int failed(std::string_view message);

/// For commands that write to the data directory. Run by root, the process becomes the directory's owner for good: the
/// files are the server's, and whoever has the server's account cannot lead root to files elsewhere. The error says what
/// to do.
Result<void, std::string> become_owner(const app::Config& config);

/// Before anything is made for a command that reads it. The error says what to do.
Result<void, std::string> can_read(const std::string& path);

WallTime wall_now();

}  // namespace starling::ctl
