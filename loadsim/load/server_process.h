// A starlingd that the coordinator started: it may kill, pause, drain and start it again. Stopped with its owner.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace starling::load {

class ServerProcess {
 public:
  /// `scratch`: a directory of its own, for the port file and the log.
  ServerProcess(std::filesystem::path program, std::string config, std::filesystem::path scratch);
  ~ServerProcess();
  ServerProcess(const ServerProcess&) = delete;
  ServerProcess& operator=(const ServerProcess&) = delete;

  /// False when the process could not be made.
  bool start();
  /// Asked again until it is: the port that it listens on, once it is ready to serve.
  std::optional<std::uint16_t> ready();
  /// Looks whether it has ended.
  bool running();
  int exit_status() const { return status_; }

  void kill();
  void pause();
  void resume();
  /// Asks it to stop, as an operator does.
  void terminate();

  std::filesystem::path log() const { return scratch_ / "starlingd.log"; }

 private:
  std::filesystem::path program_;
  std::string config_;
  std::filesystem::path scratch_;
  pid_t pid_ = -1;  // -1: there is none
  int status_ = 0;
  bool paused_ = false;
};

/// The status of GET PATH at 127.0.0.1:PORT; 0 when there is no answer within a fifth of a second.
int http_status(std::uint16_t port, const std::string& path);

}  // namespace starling::load
