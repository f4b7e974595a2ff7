#include "server/app/watchdog.h"

#include <unistd.h>

#include <charconv>
#include <chrono>
#include <cstdlib>
#include <string_view>
#include <utility>

namespace starling::app {
namespace {

/// Zero when it is not there, or no number.
std::int64_t number_in(const char* variable) {
  const char* text = std::getenv(variable);
  if (text == nullptr) return 0;
  const std::string_view digits(text);
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
  return error == std::errc() && end == digits.data() + digits.size() && value > 0 ? value : 0;
}

bool each_has_moved(const std::vector<std::uint64_t>& before, const std::vector<std::uint64_t>& now) {
  if (before.size() != now.size()) return true;  // they have only just begun to run
  for (std::size_t i = 0; i < now.size(); ++i) {
    if (now[i] == before[i]) return false;
  }
  return true;
}

}  // namespace

Duration watchdog_interval() {
  if (const std::int64_t pid = number_in("WATCHDOG_PID"); pid != 0 && pid != ::getpid()) return {};
  return std::chrono::microseconds(number_in("WATCHDOG_USEC")) / 2;
}

bool Watchdog::due(Instant now, std::vector<std::uint64_t> turns) {
  if (interval_ == Duration::zero() || now - told_at_ < interval_ || !each_has_moved(told_, turns)) return false;
  told_at_ = now;
  told_ = std::move(turns);
  return true;
}

}  // namespace starling::app
