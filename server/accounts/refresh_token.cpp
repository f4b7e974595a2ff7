#include "server/accounts/refresh_token.h"

#include <algorithm>
#include <array>

#include "server/accounts/seal.h"
#include "server/auth/claims_codec.h"

namespace starling::accounts {
namespace {

constexpr std::string_view kPrefix = "slr_";
constexpr std::string_view kContext = "refresh successor";

/// Another value than the digest in the store, which must not open anything.
SealKey seal_key(const RefreshToken& token) {
  std::array<unsigned char, 33> bytes{'s'};
  std::ranges::copy(token.secret, bytes.begin() + 1);
  return digest_of(bytes);
}

}  // namespace

RefreshToken RefreshToken::first() { return {.family = random_bytes<16>(), .secret = random_bytes<32>()}; }
RefreshToken RefreshToken::successor() const { return {.family = family, .secret = random_bytes<32>()}; }

std::optional<RefreshToken> RefreshToken::parse(std::string_view text) {
  if (!text.starts_with(kPrefix)) return std::nullopt;
  const auto raw = auth::decode_base64url(text.substr(kPrefix.size()));
  RefreshToken token;
  if (!raw || raw->size != token.family.size() + token.secret.size()) return std::nullopt;
  const auto bytes = raw->bytes();
  std::ranges::copy(bytes.first(token.family.size()), token.family.begin());
  std::ranges::copy(bytes.subspan(token.family.size()), token.secret.begin());
  return token;
}

std::string RefreshToken::text() const {
  std::array<unsigned char, sizeof(ports::FamilyId) + 32> bytes{};
  std::ranges::copy(secret, std::ranges::copy(family, bytes.begin()).out);
  return std::string(kPrefix) + auth::encode_base64url(bytes);
}

std::string seal_successor(const RefreshToken& presented, const RefreshToken& next) {
  return seal(seal_key(presented), {reinterpret_cast<const char*>(next.secret.data()), next.secret.size()}, kContext);
}

std::optional<RefreshToken> open_successor(const RefreshToken& presented, std::string_view sealed) {
  const auto secret = open_seal(seal_key(presented), sealed, kContext);
  RefreshToken next{.family = presented.family};
  if (!secret || secret->size() != next.secret.size()) return std::nullopt;
  std::ranges::copy(*secret, next.secret.begin());
  return next;
}

}  // namespace starling::accounts
