// The bytes under a signature: fixed-width little-endian fields behind a kind and a version, then base64url for the
// wire. Both kinds of credential travel in the same field of Hello; the first byte tells them apart.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "common/base/result.h"
#include "server/auth/errors.h"

namespace starling::auth {

enum class CredentialKind : std::uint8_t { Token = 'A', Ticket = 'R' };
inline constexpr std::uint8_t kCredentialVersion = 1;

/// A decoded credential of either kind, before anything about it is verified.
struct RawCredential {
  static constexpr std::size_t kBytesMax = 160;
  std::array<unsigned char, kBytesMax> storage{};
  std::size_t size = 0;
  std::span<const unsigned char> bytes() const { return {storage.data(), size}; }
};

Result<RawCredential, AuthError> decode_base64url(std::string_view text);
std::string encode_base64url(std::span<const unsigned char> bytes);

class FieldWriter {
 public:
  explicit FieldWriter(std::span<unsigned char> out) : out_(out) {}
  template <class U>
  FieldWriter& put(U value) {
    for (std::size_t i = 0; i < sizeof(U); ++i) {
      out_[at_++] = static_cast<unsigned char>(static_cast<std::uint64_t>(value) >> (8 * i));
    }
    return *this;
  }

 private:
  std::span<unsigned char> out_;
  std::size_t at_ = 0;
};

/// The caller has checked the total length.
class FieldReader {
 public:
  explicit FieldReader(std::span<const unsigned char> in) : in_(in) {}
  template <class U>
  U get() {
    std::uint64_t value = 0;
    for (std::size_t i = 0; i < sizeof(U); ++i) value |= std::uint64_t{in_[at_++]} << (8 * i);
    return static_cast<U>(value);
  }

 private:
  std::span<const unsigned char> in_;
  std::size_t at_ = 0;
};

}  // namespace starling::auth
