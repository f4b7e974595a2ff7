// XChaCha20-Poly1305 with a random nonce before the text: what only the holder of a key may read.
#pragma once

#include <array>
#include <optional>
#include <string>
#include <string_view>

namespace starling::accounts {

using SealKey = std::array<unsigned char, 32>;

/// `context` is bound to it: what was sealed for one user opens for no other.
std::string seal(const SealKey& key, std::string_view text, std::string_view context);
std::optional<std::string> open_seal(const SealKey& key, std::string_view sealed, std::string_view context);

}  // namespace starling::accounts
