// How often somebody may try. Time is an argument. Any thread.
#pragma once

#include <cstdint>
#include <mutex>
#include <string>
#include <string_view>

#include "common/base/time.h"
#include "server/accounts/bounded_table.h"
#include "server/accounts/limits.h"

namespace starling::accounts {

/// Of an address, what one customer of a network has: IPv4 whole, IPv6's first 64 bits.
std::string network_of(std::string_view address);

/// A token bucket for each key.
class Buckets {
 public:
  Buckets(std::uint32_t burst, std::uint32_t per_minute, std::size_t keys_max = limits::kThrottled)
      : burst_(burst), per_minute_(per_minute), buckets_(keys_max) {}

  /// 0, and `cost` is taken; else the milliseconds after which it can be.
  std::uint32_t take(std::string_view key, std::uint32_t cost, Instant now);

 private:
  struct Bucket {
    double tokens = -1;  // -1: fresh, hence full
    Instant at{};
  };
  std::uint32_t burst_;
  std::uint32_t per_minute_;
  std::mutex mutex_;
  BoundedTable<std::string, Bucket> buckets_;
};

/// Guesses at an account: after a few failures each costs twice the wait of the one before, up to a most that locks nobody
/// out. Whoever comes from a network from which the account was entered before has a count of their own, so that a
/// stranger's guesses do not make the owner wait.
class GuessDelay {
 public:
  explicit GuessDelay(std::size_t keys_max = limits::kThrottled) : accounts_(keys_max) {}

  /// Before a guess: 0, and it counts as failed until succeeded() says otherwise; else the milliseconds to wait.
  std::uint32_t attempt(std::string_view account, std::string_view network, Instant now);
  /// What the next one has to wait, for a refusal to say.
  std::uint32_t wait(std::string_view account, std::string_view network, Instant now);
  void succeeded(std::string_view account, std::string_view network);
  /// Was neither: the account's owner has shown a good password and owes a second factor.
  void undecided(std::string_view account, std::string_view network);

 private:
  struct Count {
    std::uint32_t failures = 0;
    Instant next{};
  };
  Count& count(std::string_view account, std::string_view network);

  std::mutex mutex_;
  BoundedTable<std::string, Count> accounts_;
};

}  // namespace starling::accounts
