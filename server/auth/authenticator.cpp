#include "server/auth/authenticator.h"

#include <sodium.h>

#include <utility>

#include "common/base/assert.h"
#include "server/auth/claims_codec.h"

namespace starling::auth {

Authenticator::Authenticator(ServerKeys keys) : keys_(std::move(keys)) {
  STARLING_ASSERT(!keys_.token.empty() && !keys_.ticket.empty());
}

Result<ports::Claims, AuthError> Authenticator::verify(std::string_view credential, WallTime now) const {
  const auto raw = decode_base64url(credential);
  if (!raw) return fail(raw.error());
  if (raw->size == 0) return fail(AuthError::Malformed);
  if (raw->storage[0] == static_cast<unsigned char>(CredentialKind::Ticket)) {
    return verify_ticket(keys_.ticket, raw->bytes(), now);
  }
  return verify_token(keys_.token, raw->bytes(), now);
}

Ticket Authenticator::ticket_for(const ports::Claims& claims, WallTime now) const {
  std::uint64_t nonce = 0;
  randombytes_buf(&nonce, sizeof nonce);
  return mint_ticket(keys_.ticket.back(), claims, nonce, now);
}

}  // namespace starling::auth
