// Refresh tokens: the name of a family and 256 random bits, of which the store has the digest only. The successor is
// stored sealed with the token that it follows, so that a repeated exchange can be answered alike, and by nobody else.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "server/accounts/secrets.h"
#include "server/ports/accounts.h"

namespace starling::accounts {

struct RefreshToken {
  ports::FamilyId family{};
  Bytes<32> secret{};

  static RefreshToken first();
  RefreshToken successor() const;
  static std::optional<RefreshToken> parse(std::string_view text);
  std::string text() const;
  ports::Digest digest() const { return digest_of(secret); }
};

std::string seal_successor(const RefreshToken& presented, const RefreshToken& next);
std::optional<RefreshToken> open_successor(const RefreshToken& presented, std::string_view sealed);

}  // namespace starling::accounts
