// Whether the store takes commits. Any thread.
#pragma once

#include <atomic>
#include <cstdint>
#include <mutex>
#include <string>
#include <string_view>

namespace starling::store {

class Health {
 public:
  enum class State : std::uint8_t { Good, Full, Locked, Failed };

  void good();
  void full(std::string why);
  void locked(std::string why);
  /// For ever: what the disk holds is no longer known. The first reason stays.
  void fail(std::string why);

  State state() const { return state_.load(std::memory_order_acquire); }
  bool failed() const { return state() == State::Failed; }
  /// Empty when good.
  std::string why() const;

 private:
  void become(State state, std::string why);

  std::atomic<State> state_ = State::Good;
  mutable std::mutex mutex_;  // of changes
  std::string why_;
};

}  // namespace starling::store
