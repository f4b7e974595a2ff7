// A real starlingd on a free port in a directory of its own; stopped with the object, whatever happened.
#pragma once

#include <sys/types.h>

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "common/base/ids.h"
#include "common/base/time.h"
#include "server/ports/claims.h"

namespace starling::test {

/// A directory that goes away with the object.
class TempDir {
 public:
  TempDir();
  ~TempDir();
  TempDir(const TempDir&) = delete;
  TempDir& operator=(const TempDir&) = delete;

  const std::filesystem::path& path() const { return path_; }
  /// Writes a file and returns its path.
  std::string write(const std::string& name, const std::string& text) const;
  std::string read(const std::string& name) const;

 private:
  std::filesystem::path path_;
};

/// A program and what it wrote to stderr.
class Process {
 public:
  /// `program`: starlingd, or words that come before its arguments.
  Process(const TempDir& dir, const std::vector<std::string>& arguments, const std::vector<std::string>& program = {});
  ~Process();
  Process(const Process&) = delete;
  Process& operator=(const Process&) = delete;

  pid_t pid() const { return pid_; }
  /// SIGSTOP returns when every thread stands still.
  void signal(int number) const;
  bool running();
  /// Its exit code, or -signal; kStillRunning when it does not end in time.
  int wait(std::chrono::milliseconds timeout = std::chrono::seconds(20));
  /// stdout and stderr together.
  std::string output() const;

  static constexpr int kStillRunning = -1000;

 private:
  pid_t pid_;
  std::string log_;
  int status_ = kStillRunning;
};

/// The outcome of a run that ends by itself.
struct Ended {
  int exit_code = 0;
  std::string output;
};
Ended run_starlingd(const TempDir& dir, const std::vector<std::string>& arguments);
/// The program that is tested.
std::string starlingd();

struct ServerOptions {
  std::string server;    // more lines of [server]
  std::string sections;  // more sections
};

class ServerProcess {
 public:
  /// `dir` holds configuration, data, keys and log, and outlives the object. Returns when the server is ready.
  explicit ServerProcess(const TempDir& dir, const ServerOptions& options = {});

  std::uint16_t port() const { return port_; }
  Process& process() { return *process_; }
  void kill_hard();
  /// On the same data and another port.
  void restart(const std::vector<std::string>& program = {});

  std::string token(UserId user, DeviceId device, Duration valid = std::chrono::hours(1),
                    const ports::Grants& grants = {}) const;

 private:
  void start(const std::vector<std::string>& program = {});

  const TempDir& dir_;
  std::string config_;
  std::unique_ptr<Process> process_;
  std::uint16_t port_ = 0;
};

WallTime wall_now();

}  // namespace starling::test
