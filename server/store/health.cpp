#include "server/store/health.h"

#include <utility>

namespace starling::store {

void Health::become(State state, std::string why) {
  const std::scoped_lock lock(mutex_);
  if (failed()) return;
  why_ = std::move(why);
  state_.store(state, std::memory_order_release);
}

void Health::good() {
  if (state() != State::Good) become(State::Good, {});
}
void Health::full(std::string why) { become(State::Full, std::move(why)); }
void Health::locked(std::string why) { become(State::Locked, std::move(why)); }
void Health::fail(std::string why) { become(State::Failed, std::move(why)); }

std::string Health::why() const {
  const std::scoped_lock lock(mutex_);
  return why_;
}

}  // namespace starling::store
