#include "server/accounts/throttle.h"

#include <arpa/inet.h>
#include <netinet/in.h>

#include <algorithm>
#include <array>
#include <cmath>

namespace starling::accounts {
namespace {

std::uint32_t ms_until(Instant at, Instant now) {
  if (at <= now) return 0;
  return static_cast<std::uint32_t>(std::chrono::ceil<std::chrono::milliseconds>(at - now).count());
}

}  // namespace

std::string network_of(std::string_view address) {
  std::string text(address);
  in6_addr v6{};
  if (::inet_pton(AF_INET6, text.c_str(), &v6) != 1) return text;
  std::ranges::fill(v6.s6_addr + 8, v6.s6_addr + 16, std::uint8_t{0});
  std::array<char, INET6_ADDRSTRLEN> out{};
  return std::string(::inet_ntop(AF_INET6, &v6, out.data(), out.size())) + "/64";
}

std::uint32_t Buckets::take(std::string_view key, std::uint32_t cost, Instant now) {
  const std::lock_guard lock(mutex_);
  Bucket& bucket = buckets_.at(std::string(key));
  const double per_ms = per_minute_ / 60'000.0;
  if (bucket.tokens < 0) {
    bucket.tokens = burst_;
  } else {
    const double ms = std::chrono::duration<double, std::milli>(now - bucket.at).count();
    bucket.tokens = std::min<double>(burst_, bucket.tokens + ms * per_ms);
  }
  bucket.at = now;
  // Who asks for more than there ever is pays all of it.
  const double price = std::min<double>(cost, burst_);
  if (bucket.tokens >= price) {
    bucket.tokens -= price;
    return 0;
  }
  return static_cast<std::uint32_t>(std::ceil((price - bucket.tokens) / per_ms));
}

GuessDelay::Count& GuessDelay::count(std::string_view account, std::string_view network) {
  const std::string known = std::string(account) + ' ' + std::string(network);
  if (Count* own = accounts_.find(known)) return *own;
  return accounts_.at(std::string(account));
}

std::uint32_t GuessDelay::attempt(std::string_view account, std::string_view network, Instant now) {
  const std::lock_guard lock(mutex_);
  Count& guesses = count(account, network);
  if (const std::uint32_t ms = ms_until(guesses.next, now)) return ms;
  ++guesses.failures;
  if (guesses.failures < limits::kFreeFailures) return 0;
  const std::uint32_t doublings = std::min<std::uint32_t>(guesses.failures - limits::kFreeFailures, 10);
  guesses.next = now + std::min<Duration>(std::chrono::seconds(1u << doublings), limits::kDelayMax);
  return 0;
}

std::uint32_t GuessDelay::wait(std::string_view account, std::string_view network, Instant now) {
  const std::lock_guard lock(mutex_);
  return ms_until(count(account, network).next, now);
}

void GuessDelay::succeeded(std::string_view account, std::string_view network) {
  const std::lock_guard lock(mutex_);
  // Marks the network as the owner's. Strangers' failures stay counted.
  accounts_.at(std::string(account) + ' ' + std::string(network)) = {};
}

void GuessDelay::undecided(std::string_view account, std::string_view network) {
  const std::lock_guard lock(mutex_);
  Count& guesses = count(account, network);
  if (guesses.failures > 0) --guesses.failures;
  guesses.next = {};
}

}  // namespace starling::accounts
