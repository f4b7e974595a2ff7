#include "server/accounts/passwords.h"

#include <sodium.h>

#include <array>
#include <new>

#include "common/wire/utf8.h"
#include "server/accounts/common_passwords.h"
#include "server/accounts/limits.h"
#include "server/accounts/secrets.h"
#include "server/accounts/text.h"

namespace starling::accounts {

Result<void, Refusal> check_password(std::string_view password, std::string_view handle) {
  const std::size_t chars = wire::is_utf8(password) ? characters(password) : 0;
  if (chars < limits::kPasswordCharsMin || chars > limits::kPasswordCharsMax) {
    return refuse(Why::BadField, "password: 8 to 128 characters; a sentence that you can remember is good");
  }
  if (is_common_password(password) || (!handle.empty() && folded(password).starts_with(handle) &&
                                       password.size() < handle.size() + limits::kPasswordCharsMin / 2)) {
    return refuse(Why::BadField, "password: it is among the first that anybody tries; choose another one");
  }
  return {};
}

PasswordHasher::PasswordHasher() {
  const auto secret = random_bytes<16>();
  nobodys_ = hash({reinterpret_cast<const char*>(secret.data()), secret.size()});
  hashes_ = 0;
}

std::string PasswordHasher::hash(std::string_view password) const {
  hashes_.fetch_add(1, std::memory_order_relaxed);
  std::array<char, crypto_pwhash_argon2id_STRBYTES> text{};
  if (crypto_pwhash_argon2id_str(text.data(), password.data(), password.size(), limits::kHashPasses,
                                 limits::kHashMemoryBytes) != 0) {
    throw std::bad_alloc();
  }
  return text.data();
}

bool PasswordHasher::verify(std::string_view stored, std::string_view password) const {
  hashes_.fetch_add(1, std::memory_order_relaxed);
  const std::string against = stored.empty() ? nobodys_ : std::string(stored);
  const bool same = crypto_pwhash_argon2id_str_verify(against.c_str(), password.data(), password.size()) == 0;
  return same && !stored.empty();
}

bool PasswordHasher::outdated(const std::string& stored) {
  return crypto_pwhash_argon2id_str_needs_rehash(stored.c_str(), limits::kHashPasses, limits::kHashMemoryBytes) != 0;
}

}  // namespace starling::accounts
