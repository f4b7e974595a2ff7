#include "server/accounts/secrets.h"

#include <sodium.h>

#include "server/auth/claims_codec.h"

namespace starling::accounts {
namespace {

constexpr std::string_view kBase32 = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

std::uint64_t random_u64() {
  std::uint64_t value = 0;
  randombytes_buf(&value, sizeof value);
  return value;
}

}  // namespace

void fill_random(std::span<unsigned char> out) { randombytes_buf(out.data(), out.size()); }

ports::Digest digest_of(std::span<const unsigned char> bytes) {
  static_assert(crypto_hash_sha256_BYTES == sizeof(ports::Digest));
  ports::Digest digest{};
  crypto_hash_sha256(digest.data(), bytes.data(), bytes.size());
  return digest;
}

ports::Digest digest_of(std::string_view text) {
  return digest_of(std::span(reinterpret_cast<const unsigned char*>(text.data()), text.size()));
}

std::string base32(std::span<const unsigned char> bytes) {
  std::string out;
  unsigned held = 0;
  unsigned bits = 0;
  for (const unsigned char byte : bytes) {
    held = (held << 8) | byte;
    bits += 8;
    while (bits >= 5) {
      bits -= 5;
      out += kBase32[(held >> bits) & 31];
    }
    held &= (1u << bits) - 1;
  }
  if (bits > 0) out += kBase32[(held << (5 - bits)) & 31];
  return out;
}

UserId random_user() {
  constexpr std::uint64_t kFirst = std::uint64_t{1} << 52;
  return UserId(kFirst | (random_u64() & (kFirst - 1)));
}
DeviceId random_device() {
  constexpr std::uint64_t kFirst = std::uint64_t{1} << 62;
  return DeviceId(kFirst | (random_u64() & (kFirst - 1)));
}

std::string invite_code() { return auth::encode_base64url(random_bytes<16>()); }

std::string recovery_code() {
  std::string code = base32(random_bytes<15>());
  for (char& c : code) c = static_cast<char>(c >= 'A' ? c + 32 : c);
  for (const std::size_t at : {18, 12, 6}) code.insert(at, 1, '-');
  return code;
}

ports::Digest recovery_digest(std::string_view typed) {
  std::string code;
  for (const char c : typed) {
    if (c == '-' || c == ' ') continue;
    code += c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
  }
  return digest_of(code);
}

}  // namespace starling::accounts
