#include <openssl/evp.h>

#include "common/base/assert.h"
#include "common/ws/handshake.h"

namespace starling::ws {
namespace {

constexpr std::string_view kGuid = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";  // section 1.3

std::string base64(const unsigned char* bytes, std::size_t size) {
  std::string text(4 * ((size + 2) / 3), '\0');
  // It writes a terminator too, where std::string has its own.
  EVP_EncodeBlock(reinterpret_cast<unsigned char*>(text.data()), bytes, static_cast<int>(size));
  return text;
}

}  // namespace

std::string make_key(const std::array<std::byte, 16>& random) {
  return base64(reinterpret_cast<const unsigned char*>(random.data()), random.size());
}

std::string accept_of(std::string_view key) {
  const std::string text = std::string(key).append(kGuid);
  unsigned char digest[EVP_MAX_MD_SIZE];
  unsigned int size = 0;
  const int done = EVP_Digest(text.data(), text.size(), digest, &size, EVP_sha1(), nullptr);
  STARLING_ASSERT(done == 1);
  return base64(digest, size);
}

}  // namespace starling::ws
