// What the log says of a node's place in its cluster, with what to do about it.
#pragma once

#include <string>

#include "server/app/config.h"
#include "server/runtime/node.h"

namespace starling::app {

/// Of a node that has been put out, once nothing of it runs: asks the store who has its place. Returns how to end.
int explain_put_out(const Config& config, const runtime::Node& node);

/// Says when this machine's clock and the store's are not of one time, and when they are again.
class ClockLog {
 public:
  void look(const core::StoreClock& ahead);

 private:
  bool told_ = false;
};

/// Says when the node is cut off from the others, once it is more than the moment that a start takes, and when it is over.
class IsolationLog {
 public:
  /// `why`: empty when it is not.
  void look(Instant now, const std::string& why);

 private:
  Instant since_ = kNever;
  bool told_ = false;
};

}  // namespace starling::app
