// Typed values out of a fuzzer's bytes. The layout is that of LLVM's FuzzedDataProvider (numbers from the end, strings
// from the front), so that its corpora stay good; that header comes with clang only, and corpora are replayed without it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <limits>
#include <span>
#include <string>

#include "common/base/assert.h"

namespace starling::fuzz {

class Input {
 public:
  Input(const std::uint8_t* data, std::size_t size) : left_(data, size) {}

  std::size_t remaining() const { return left_.size(); }
  bool flag() { return (in_range<std::uint8_t>(0, 0xFF) & 1) != 0; }
  std::uint64_t any() { return in_range<std::uint64_t>(0, std::numeric_limits<std::uint64_t>::max()); }

  /// `low` when the bytes are used up.
  template <class T>
  T in_range(T low, T high) {
    STARLING_ASSERT(low <= high);
    const std::uint64_t range = static_cast<std::uint64_t>(high) - static_cast<std::uint64_t>(low);
    std::uint64_t value = 0;
    for (unsigned shift = 0; shift < sizeof(T) * 8 && (range >> shift) > 0 && !left_.empty(); shift += 8) {
      value = value << 8 | left_.back();
      left_ = left_.first(left_.size() - 1);
    }
    if (range != std::numeric_limits<std::uint64_t>::max()) value %= range + 1;
    return static_cast<T>(static_cast<std::uint64_t>(low) + value);
  }

  template <class T>
  T pick(std::initializer_list<T> values) {
    return values.begin()[in_range<std::size_t>(0, values.size() - 1)];
  }

  /// A backslash and anything but a backslash end it.
  std::string text(std::size_t size_max) {
    std::string out;
    while (out.size() < size_max && !left_.empty()) {
      const std::uint8_t c = take();
      if (c == '\\' && !left_.empty() && take() != '\\') break;
      out += static_cast<char>(c);
    }
    return out;
  }

  std::string rest() {
    std::string out(left_.begin(), left_.end());
    left_ = {};
    return out;
  }

 private:
  std::uint8_t take() {
    const std::uint8_t front = left_.front();
    left_ = left_.subspan(1);
    return front;
  }

  std::span<const std::uint8_t> left_;
};

}  // namespace starling::fuzz
