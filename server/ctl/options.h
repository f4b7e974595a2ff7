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

/// Where a first command is given before the server's first start. The error says what to do.
Result<void, std::string> make_data_dir(const app::Config& config);

/// Root's commands would leave files that the server's user cannot open. On its end every file of root's in the data
/// directory is handed to the directory's owner.
class HandOver {
 public:
  explicit HandOver(const app::Config& config) : data_dir_(config.data_dir) {}
  HandOver(const HandOver&) = delete;
  HandOver& operator=(const HandOver&) = delete;
  ~HandOver();

 private:
  std::string data_dir_;
};

WallTime wall_now();

}  // namespace starling::ctl
