#include "server/accounts/totp.h"

#include <fmt/format.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <sodium.h>

#include <array>

#include "common/base/assert.h"

namespace starling::accounts::totp {
namespace {

constexpr std::int64_t kStepMs = 30'000;

std::string percent_encoded(std::string_view text) {
  std::string out;
  for (const char c : text) {
    const bool plain =
        (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_' || c == '.';
    out += plain ? std::string(1, c) : fmt::format("%{:02X}", static_cast<unsigned char>(c));
  }
  return out;
}

}  // namespace

std::uint64_t step_at(WallTime now) { return static_cast<std::uint64_t>(to_ms(now) / kStepMs); }

std::string code_of(std::span<const unsigned char> seed, std::uint64_t step, unsigned digits) {
  std::array<unsigned char, 8> counter{};
  for (std::size_t i = 0; i < counter.size(); ++i) counter[i] = static_cast<unsigned char>(step >> (56 - 8 * i));
  std::array<unsigned char, EVP_MAX_MD_SIZE> mac{};
  unsigned size = 0;
  STARLING_ASSERT(::HMAC(::EVP_sha1(), seed.data(), static_cast<int>(seed.size()), counter.data(), counter.size(),
                         mac.data(), &size) != nullptr);
  STARLING_ASSERT(size == 20);
  const unsigned at = mac[19] & 15u;
  const std::uint32_t bits = (std::uint32_t{mac[at]} & 0x7Fu) << 24 | std::uint32_t{mac[at + 1]} << 16 |
                             std::uint32_t{mac[at + 2]} << 8 | std::uint32_t{mac[at + 3]};
  std::uint32_t modulus = 1;
  for (unsigned i = 0; i < digits; ++i) modulus *= 10;
  return fmt::format("{:0{}}", bits % modulus, digits);
}

std::optional<std::uint64_t> match(std::span<const unsigned char> seed, std::string_view code, WallTime now,
                                   std::uint64_t last_used) {
  const std::uint64_t present = step_at(now);
  for (std::uint64_t step = present - 1; step <= present + 1; ++step) {
    const std::string expected = code_of(seed, step);
    const bool same = code.size() == expected.size() && sodium_memcmp(code.data(), expected.data(), code.size()) == 0;
    if (same && step > last_used) return step;
  }
  return std::nullopt;
}

std::string uri(std::string_view secret, std::string_view handle, std::string_view issuer) {
  return fmt::format("otpauth://totp/{0}:{1}?secret={2}&issuer={0}&algorithm=SHA1&digits=6&period=30",
                     percent_encoded(issuer), percent_encoded(handle), secret);
}

}  // namespace starling::accounts::totp
