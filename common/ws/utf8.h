// UTF-8 (RFC 3629) that arrives in pieces: no overlong form, no surrogate, nothing above U+10FFFF.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace starling::ws {

class Utf8Validator {
 public:
  /// False from the first byte on that no valid text can continue with.
  bool feed(std::span<const std::byte> bytes);
  /// Does the text end between two characters?
  bool complete() const { return missing_ == 0; }

 private:
  std::uint8_t missing_ = 0;  // continuation bytes of the current character
  std::uint8_t low_ = 0x80;   // what the next of them may be
  std::uint8_t high_ = 0xBF;
};

bool is_utf8(std::span<const std::byte> text);

/// The longest prefix of at most `bytes_max` bytes that does not cut a character of well-formed `text`.
std::size_t utf8_prefix(std::span<const std::byte> text, std::size_t bytes_max);

}  // namespace starling::ws
