#include "server/auth/ticket.h"

#include <sodium.h>

#include <algorithm>
#include <array>

#include "server/auth/claims_codec.h"

namespace starling::auth {
namespace {

constexpr std::size_t kClaimsBytes = 1 + 1 + 4 + 8 + 8 + 8 + 8 + 8 + 4 + 4;
constexpr std::size_t kMacBytes = 32;
constexpr std::size_t kTicketBytes = kClaimsBytes + kMacBytes;
static_assert(kTicketBytes <= RawCredential::kBytesMax);

using Mac = std::array<unsigned char, kMacBytes>;
Mac mac_of(const TicketKey& key, std::span<const unsigned char> claims) {
  Mac mac{};
  crypto_generichash(mac.data(), mac.size(), claims.data(), claims.size(), key.bytes.data(), key.bytes.size());
  return mac;
}

}  // namespace

Ticket mint_ticket(const TicketKey& key, const ports::Claims& claims, std::uint64_t nonce, WallTime now) {
  const WallTime expires = std::min(now + kTicketTtl, claims.expires);
  std::array<unsigned char, kTicketBytes> raw{};
  FieldWriter(raw)
      .put(static_cast<std::uint8_t>(CredentialKind::Ticket))
      .put(kCredentialVersion)
      .put(key.id.value)
      .put(claims.user.value)
      .put(claims.device.value)
      .put(nonce)
      .put(to_ms(expires))
      .put(to_ms(claims.expires))
      .put(claims.grants.sends_per_s)
      .put(claims.grants.sends_burst);
  const Mac mac = mac_of(key, std::span(raw).first(kClaimsBytes));
  std::ranges::copy(mac, raw.begin() + kClaimsBytes);
  return {encode_base64url(raw), expires};
}

Result<ports::Claims, AuthError> verify_ticket(std::span<const TicketKey> keys, std::span<const unsigned char> raw,
                                               WallTime now) {
  if (raw.size() != kTicketBytes) return fail(AuthError::Malformed);
  FieldReader fields(raw);
  const auto kind = fields.get<std::uint8_t>();
  const auto version = fields.get<std::uint8_t>();
  if (kind != static_cast<std::uint8_t>(CredentialKind::Ticket) || version != kCredentialVersion) {
    return fail(AuthError::Malformed);
  }
  const KeyId key_id(fields.get<std::uint32_t>());
  const auto key = std::ranges::find(keys, key_id, &TicketKey::id);
  if (key == keys.end()) return fail(AuthError::UnknownKey);
  const Mac expected = mac_of(*key, raw.first(kClaimsBytes));
  if (sodium_memcmp(expected.data(), raw.data() + kClaimsBytes, kMacBytes) != 0) return fail(AuthError::BadSignature);

  ports::Claims claims;
  claims.user = UserId(fields.get<std::uint64_t>());
  claims.device = DeviceId(fields.get<std::uint64_t>());
  fields.get<std::uint64_t>();  // the nonce
  const WallTime ticket_expires = wall_from_ms(fields.get<std::int64_t>());
  claims.expires = wall_from_ms(fields.get<std::int64_t>());
  claims.grants.sends_per_s = fields.get<std::uint32_t>();
  claims.grants.sends_burst = fields.get<std::uint32_t>();
  claims.from_ticket = true;
  if (now - kWallTolerance >= ticket_expires) return fail(AuthError::Expired);
  return claims;
}

}  // namespace starling::auth
