// Is a log whole? Its events are folded anew, and the fold is compared with its checkpoints.
#pragma once

#include <cstdint>
#include <string>

#include "common/base/ids.h"
#include "common/wire/event.h"

namespace starling::store {

struct LogCheck {
  std::uint64_t events = 0;       // that were folded
  std::uint64_t checkpoints = 0;  // that were compared
  PrefixHash hash;                // of the log up to its head
  std::string fault;              // empty: dense, and every checkpoint is the log's fold
  bool good() const { return fault.empty(); }
};

/// Takes a log from a checkpoint on; after a fault it takes nothing more.
class LogFolder {
 public:
  LogFolder(Seq from, PrefixHash hash) : at_(from), check_{.hash = hash} {}

  Seq at() const { return at_; }
  bool good() const { return check_.good(); }
  void take(const wire::Event& event);
  /// The newest checkpoint at or below where the fold is.
  void compare(Seq seq, PrefixHash hash);
  /// The log has no more events, and this is its head.
  void end(Seq head);
  const LogCheck& result() const { return check_; }

 private:
  Seq at_;
  LogCheck check_;
};

}  // namespace starling::store
