// Lines for the log about what comes again and again: each kind once in a while.
#pragma once

#include <chrono>
#include <functional>
#include <map>
#include <string>
#include <utility>

namespace starling {

/// Of one thread.
class Complaints {
 public:
  using Warn = std::function<void(const std::string& line)>;
  explicit Complaints(Warn warn) : warn_(std::move(warn)) {}

  /// `kind` is one of few, which are remembered; `text` makes the line.
  template <class Text>
  void about(const std::string& kind, Text&& text) {
    const auto now = std::chrono::steady_clock::now();
    const auto [last, is_new] = last_.try_emplace(kind, now);
    if (!is_new && now - last->second < kEvery) return;
    last->second = now;
    warn_(text());
  }
  /// What comes next of this kind is news again.
  void settle(const std::string& kind) { last_.erase(kind); }

 private:
  static constexpr std::chrono::seconds kEvery{30};

  Warn warn_;
  std::map<std::string, std::chrono::steady_clock::time_point> last_;
};

}  // namespace starling
