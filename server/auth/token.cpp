#include "server/auth/token.h"

#include <sodium.h>

#include <algorithm>
#include <array>

#include "common/base/assert.h"
#include "server/auth/claims_codec.h"

namespace starling::auth {
namespace {

constexpr std::size_t kClaimsBytes = 1 + 1 + 4 + 8 + 8 + 8 + 8 + 4 + 4;
constexpr std::size_t kTokenBytes = kClaimsBytes + crypto_sign_BYTES;
static_assert(kTokenBytes <= RawCredential::kBytesMax);

}  // namespace

std::string mint_token(const TokenSecret& secret, const TokenClaims& claims) {
  STARLING_ASSERT(claims.user && claims.device);
  std::array<unsigned char, kTokenBytes> raw{};
  FieldWriter(raw)
      .put(static_cast<std::uint8_t>(CredentialKind::Token))
      .put(kCredentialVersion)
      .put(secret.id.value)
      .put(claims.user.value)
      .put(claims.device.value)
      .put(to_ms(claims.issued))
      .put(to_ms(claims.expires))
      .put(claims.grants.sends_per_s)
      .put(claims.grants.sends_burst);

  std::array<unsigned char, crypto_sign_PUBLICKEYBYTES> pub{};
  std::array<unsigned char, crypto_sign_SECRETKEYBYTES> expanded{};
  crypto_sign_seed_keypair(pub.data(), expanded.data(), secret.seed.data());
  crypto_sign_detached(raw.data() + kClaimsBytes, nullptr, raw.data(), kClaimsBytes, expanded.data());
  sodium_memzero(expanded.data(), expanded.size());
  return encode_base64url(raw);
}

Result<ports::Claims, AuthError> verify_token(std::span<const TokenPublic> keys, std::span<const unsigned char> raw,
                                              WallTime now) {
  if (raw.size() != kTokenBytes) return fail(AuthError::Malformed);
  FieldReader fields(raw);
  const auto kind = fields.get<std::uint8_t>();
  const auto version = fields.get<std::uint8_t>();
  if (kind != static_cast<std::uint8_t>(CredentialKind::Token) || version != kCredentialVersion) {
    return fail(AuthError::Malformed);
  }
  const KeyId key_id(fields.get<std::uint32_t>());
  const auto key = std::ranges::find(keys, key_id, &TokenPublic::id);
  if (key == keys.end()) return fail(AuthError::UnknownKey);
  if (crypto_sign_verify_detached(raw.data() + kClaimsBytes, raw.data(), kClaimsBytes, key->bytes.data()) != 0) {
    return fail(AuthError::BadSignature);
  }

  ports::Claims claims;
  claims.user = UserId(fields.get<std::uint64_t>());
  claims.device = DeviceId(fields.get<std::uint64_t>());
  const WallTime issued = wall_from_ms(fields.get<std::int64_t>());
  claims.expires = wall_from_ms(fields.get<std::int64_t>());
  claims.grants.sends_per_s = fields.get<std::uint32_t>();
  claims.grants.sends_burst = fields.get<std::uint32_t>();
  if (!claims.user || !claims.device) return fail(AuthError::Malformed);
  if (issued > now + kWallTolerance) return fail(AuthError::NotYetValid);
  if (now - kWallTolerance >= claims.expires) return fail(AuthError::Expired);
  return claims;
}

}  // namespace starling::auth
