// Keys as values. A key id is a counter: the highest one signs, the one before it still verifies, so that a rotation
// refuses nothing that was handed out before it.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "common/base/ids.h"

namespace starling::auth {

using KeyId = Id<struct KeyTag, std::uint32_t>;

/// Keys of one kind that are alive at once.
inline constexpr std::size_t kKeysAliveMax = 2;

/// Ed25519. The secret is the 32-byte seed: who mints holds it, a server for its logins among them.
struct TokenSecret {
  KeyId id;
  std::array<unsigned char, 32> seed{};
};
struct TokenPublic {
  KeyId id;
  std::array<unsigned char, 32> bytes{};
};
/// Keyed BLAKE2b.
struct TicketKey {
  KeyId id;
  std::array<unsigned char, 32> bytes{};
};

/// XChaCha20-Poly1305, over secrets that the store keeps. Not rotated: what it sealed has to stay readable.
struct CredentialKey {
  KeyId id;
  std::array<unsigned char, 32> bytes{};
};

/// Curve25519: by it the nodes of a cluster know each other. Not rotated: a node gets another by another file.
struct BusSecret {
  KeyId id;
  std::array<unsigned char, 32> bytes{};
};
struct BusPublic {
  KeyId id;
  std::array<unsigned char, 32> bytes{};
};

/// What a server holds. Ascending by id; the last ticket key mints.
struct ServerKeys {
  std::vector<TokenPublic> token;
  std::vector<TicketKey> ticket;
};

TokenSecret make_token_secret(KeyId id);
TokenPublic public_half(const TokenSecret& secret);
TicketKey make_ticket_key(KeyId id);
CredentialKey make_credential_key(KeyId id);
BusSecret make_bus_secret(KeyId id);
BusPublic public_half(const BusSecret& secret);

template <class Key>
const Key* find_key(const std::vector<Key>& keys, KeyId id) {
  for (const Key& key : keys) {
    if (key.id == id) return &key;
  }
  return nullptr;
}

/// Call once before anything else of this module; aborts when the machine has no entropy source.
void init_crypto();

}  // namespace starling::auth
