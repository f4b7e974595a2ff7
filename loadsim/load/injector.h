// Hands that reach further than ours: a program of the operator's that carries out a fault of the cluster.
//
//   PROGRAM ARG… "bus.cut n1>n2 6s"
//
// It does it, lets it last, undoes it, prints how often it took effect and of what ("212 packets dropped") as its last
// line, and exits with 0. SIGTERM: the time is up. Another exit means that it could not, and its last line says why.
// "heal": everything runs again, on its own.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "common/base/time.h"

namespace starling::load {

/// What a program that has ended says of its fault.
struct Injected {
  std::size_t fault = 0;     // as it was given
  std::uint64_t effect = 0;  // 0: in vain
  std::string note;          // of what, or why not
};

/// From its last line and how it ended, as waitpid has it.
Injected injected(std::size_t fault, std::string_view output, int status);

/// Owner: the coordinator.
class Injector {
 public:
  /// `scratch`: a directory where what they say may be kept.
  Injector(std::vector<std::string> command, std::filesystem::path scratch);
  ~Injector();
  Injector(const Injector&) = delete;
  Injector& operator=(const Injector&) = delete;

  /// The program has until `deadline`. Does not wait for it. `behind`: it begins only when that fault is over.
  void start(std::size_t fault, const std::string& line, Instant deadline, std::optional<std::size_t> behind = {});
  /// Those that have ended since it was last asked.
  std::vector<Injected> ended(Instant now);
  bool is_idle() const { return running_.empty() && waiting_.empty(); }
  /// What lasts ends now, and what waits does not begin.
  void cut_short();

 private:
  struct Running {
    std::size_t fault;
    pid_t pid;
    std::filesystem::path output;
    Instant deadline;
    bool late = false;
  };

  struct Waiting {
    std::size_t fault;
    std::string line;
    Instant deadline;
    std::size_t behind;
  };
  bool is_running(std::size_t fault) const;

  std::vector<std::string> command_;
  std::filesystem::path scratch_;
  std::vector<Running> running_;
  std::vector<Waiting> waiting_;
  std::uint64_t started_ = 0;
};

}  // namespace starling::load
