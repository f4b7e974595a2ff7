#include "server/store/log_check.h"

#include <fmt/format.h>

namespace starling::store {

void LogFolder::take(const wire::Event& event) {
  if (!good()) return;
  if (event.seq != at_.next()) {
    check_.fault = fmt::format("event {} is missing", at_.next().value);
    return;
  }
  check_.hash = wire::fold(check_.hash, event);
  ++check_.events;
  at_ = event.seq;
}

void LogFolder::compare(Seq seq, PrefixHash hash) {
  if (!good() || seq != at_ || !seq) return;
  ++check_.checkpoints;
  if (hash != check_.hash) check_.fault = fmt::format("the checkpoint at {} is not the log's fold", at_.value);
}

void LogFolder::end(Seq head) {
  if (!good() || at_ >= head) return;
  check_.fault = fmt::format("events {} to {} are missing", at_.next().value, head.value);
}

}  // namespace starling::store
