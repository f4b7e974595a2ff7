#include "server/auth/claims_codec.h"

#include <sodium.h>

#include <algorithm>

namespace starling::auth {
namespace {
constexpr int kVariant = sodium_base64_VARIANT_URLSAFE_NO_PADDING;
}

Result<RawCredential, AuthError> decode_base64url(std::string_view text) {
  RawCredential raw;
  // libsodium's decoder takes some bytes above 0x7F for letters: one credential would have many spellings.
  if (std::ranges::any_of(text, [](char c) { return static_cast<unsigned char>(c) > 0x7F; })) {
    return fail(AuthError::Malformed);
  }
  const char* end = nullptr;
  const int status = sodium_base642bin(raw.storage.data(), raw.storage.size(), text.data(), text.size(), nullptr,
                                       &raw.size, &end, kVariant);
  // Every character must have been used: no trailing rest may ride along unsigned.
  if (status != 0 || end != text.data() + text.size()) return fail(AuthError::Malformed);
  return raw;
}

std::string encode_base64url(std::span<const unsigned char> bytes) {
  std::string text(sodium_base64_encoded_len(bytes.size(), kVariant), '\0');
  sodium_bin2base64(text.data(), text.size(), bytes.data(), bytes.size(), kVariant);
  text.pop_back();  // the terminating zero
  return text;
}

}  // namespace starling::auth
