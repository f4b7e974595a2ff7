#include "server/accounts/seal.h"

#include <sodium.h>

namespace starling::accounts {
namespace {

constexpr std::size_t kNonce = crypto_aead_xchacha20poly1305_ietf_NPUBBYTES;
constexpr std::size_t kTag = crypto_aead_xchacha20poly1305_ietf_ABYTES;
static_assert(crypto_aead_xchacha20poly1305_ietf_KEYBYTES == sizeof(SealKey));

const unsigned char* bytes(std::string_view text) { return reinterpret_cast<const unsigned char*>(text.data()); }
unsigned char* bytes(std::string& text) { return reinterpret_cast<unsigned char*>(text.data()); }

}  // namespace

std::string seal(const SealKey& key, std::string_view text, std::string_view context) {
  std::string sealed(kNonce + text.size() + kTag, '\0');
  randombytes_buf(sealed.data(), kNonce);
  crypto_aead_xchacha20poly1305_ietf_encrypt(bytes(sealed) + kNonce, nullptr, bytes(text), text.size(), bytes(context),
                                             context.size(), nullptr, bytes(sealed), key.data());
  return sealed;
}

std::optional<std::string> open_seal(const SealKey& key, std::string_view sealed, std::string_view context) {
  if (sealed.size() < kNonce + kTag) return std::nullopt;
  std::string text(sealed.size() - kNonce - kTag, '\0');
  const int status = crypto_aead_xchacha20poly1305_ietf_decrypt(bytes(text), nullptr, nullptr, bytes(sealed) + kNonce,
                                                                sealed.size() - kNonce, bytes(context), context.size(),
                                                                bytes(sealed), key.data());
  if (status != 0) return std::nullopt;
  return text;
}

}  // namespace starling::accounts
