// Resolves the names of a conninfo's hosts on a thread of its own: libpq would wait for it, and with it all other connections
// of a loop.
#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <string>

#include "server/store/postgres/hosts.h"

namespace starling::postgres {

/// Any thread.
class Resolver {
 public:
  using Clock = std::chrono::steady_clock;
  struct Answer {
    Hosts hosts;        // a place for each address
    std::string error;  // else none of the names has an address
  };

  explicit Resolver(const std::string& conninfo);

  /// False: there are no names, or libpq alone knows where they are.
  bool is_needed() const { return needed_; }
  /// As the conninfo names them.
  const Hosts& hosts() const;
  /// What was asked at this moment or later; nothing: it takes its time. One answer is waited for at a time, whoever asks.
  std::optional<Answer> since(Clock::time_point moment);

 private:
  struct Asked;
  bool needed_ = false;
  std::shared_ptr<Asked> asked_;  // the thread's too: nobody waits for it at the end
};

}  // namespace starling::postgres
