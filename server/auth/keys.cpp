#include "server/auth/keys.h"

#include <sodium.h>

#include "common/base/assert.h"

namespace starling::auth {

void init_crypto() { STARLING_ASSERT(sodium_init() >= 0); }

TokenSecret make_token_secret(KeyId id) {
  static_assert(crypto_sign_SEEDBYTES == sizeof(TokenSecret::seed));
  TokenSecret secret{.id = id};
  randombytes_buf(secret.seed.data(), secret.seed.size());
  return secret;
}

TokenPublic public_half(const TokenSecret& secret) {
  static_assert(crypto_sign_PUBLICKEYBYTES == sizeof(TokenPublic::bytes));
  TokenPublic key{.id = secret.id};
  std::array<unsigned char, crypto_sign_SECRETKEYBYTES> expanded{};
  STARLING_ASSERT(crypto_sign_seed_keypair(key.bytes.data(), expanded.data(), secret.seed.data()) == 0);
  sodium_memzero(expanded.data(), expanded.size());
  return key;
}

TicketKey make_ticket_key(KeyId id) {
  TicketKey key{.id = id};
  randombytes_buf(key.bytes.data(), key.bytes.size());
  return key;
}

CredentialKey make_credential_key(KeyId id) {
  CredentialKey key{.id = id};
  randombytes_buf(key.bytes.data(), key.bytes.size());
  return key;
}

BusSecret make_bus_secret(KeyId id) {
  BusSecret secret{.id = id};
  randombytes_buf(secret.bytes.data(), secret.bytes.size());
  return secret;
}

BusPublic public_half(const BusSecret& secret) {
  static_assert(crypto_box_PUBLICKEYBYTES == sizeof(BusPublic::bytes));
  static_assert(crypto_box_SECRETKEYBYTES == sizeof(BusSecret::bytes));
  BusPublic key{.id = secret.id};
  STARLING_ASSERT(crypto_scalarmult_base(key.bytes.data(), secret.bytes.data()) == 0);
  return key;
}

}  // namespace starling::auth
