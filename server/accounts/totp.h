// One-time codes by the clock: RFC 6238 with SHA-1, six digits and 30 s, which every authenticator knows.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "common/base/time.h"

namespace starling::accounts::totp {

inline constexpr std::size_t kSeedBytes = 20;

std::uint64_t step_at(WallTime now);
/// `digits` is six, but for the RFC's vectors.
std::string code_of(std::span<const unsigned char> seed, std::uint64_t step, unsigned digits = 6);
/// The step whose code it is, of the present one and its two neighbours, when that is after `last_used`: a code works once.
std::optional<std::uint64_t> match(std::span<const unsigned char> seed, std::string_view code, WallTime now,
                                   std::uint64_t last_used);
/// For the authenticator's QR code.
std::string uri(std::string_view secret, std::string_view handle, std::string_view issuer);

}  // namespace starling::accounts::totp
