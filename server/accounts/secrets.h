// Random secrets, their digests, and the alphabets they are shown in.
#pragma once

#include <array>
#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "common/base/ids.h"
#include "server/ports/accounts.h"

namespace starling::accounts {

template <std::size_t Size>
using Bytes = std::array<unsigned char, Size>;

void fill_random(std::span<unsigned char> out);
template <std::size_t Size>
Bytes<Size> random_bytes() {
  Bytes<Size> bytes{};
  fill_random(bytes);
  return bytes;
}

ports::Digest digest_of(std::span<const unsigned char> bytes);
ports::Digest digest_of(std::string_view text);

/// RFC 4648, upper case, without padding.
std::string base32(std::span<const unsigned char> bytes);

/// 2^52 and above, exact in every language's numbers: what operators and tests number by hand is below.
UserId random_user();
DeviceId random_device();

/// 128 bits, in a link.
std::string invite_code();
/// 120 bits, in four groups for a person to copy.
std::string recovery_code();
/// Whatever case and dashes it was typed with.
ports::Digest recovery_digest(std::string_view typed);

}  // namespace starling::accounts
