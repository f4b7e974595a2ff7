// Passwords: which may be chosen, and their argon2id hashes, whose text carries algorithm and parameters.
#pragma once

#include <atomic>
#include <cstdint>
#include <string>
#include <string_view>

#include "common/base/result.h"
#include "server/accounts/errors.h"

namespace starling::accounts {

/// Length and commonness only: rules of composition make passwords worse.
Result<void, Refusal> check_password(std::string_view password, std::string_view handle);

/// Any thread; 19 MiB and some 30 ms a call, so the threads that call it are few (work_queue.h).
class PasswordHasher {
 public:
  PasswordHasher();

  std::string hash(std::string_view password) const;
  /// `stored` empty: nobody's password, found out in the same time.
  bool verify(std::string_view stored, std::string_view password) const;
  /// Was it made with other parameters than today's?
  static bool outdated(const std::string& stored);
  /// Computed so far.
  std::uint64_t hashes() const { return hashes_.load(std::memory_order_relaxed); }

 private:
  mutable std::atomic<std::uint64_t> hashes_{0};
  std::string nobodys_;  // of a password that nobody knows
};

}  // namespace starling::accounts
