// Numbers and strings as bytes: little-endian, of fixed width. What is read was written by another process.
#pragma once

#include <bit>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <string>
#include <string_view>

namespace starling::bus {

static_assert(std::endian::native == std::endian::little, "numbers are copied as they are");

class Writer {
 public:
  /// Appends to `out`.
  explicit Writer(std::string& out) : out_(out) {}

  template <std::integral T>
  void number(T value) {
    char bytes[sizeof(T)];
    std::memcpy(bytes, &value, sizeof(T));
    out_.append(bytes, sizeof(T));
  }
  void bytes(std::string_view value) { out_.append(value); }

 private:
  std::string& out_;
};

/// After the first thing that is wrong everything else is zero or empty, and ok() is false.
class Reader {
 public:
  explicit Reader(std::string_view bytes) : left_(bytes) {}

  bool ok() const { return ok_; }
  std::string_view left() const { return left_; }
  void require(bool condition) {
    if (condition) return;
    ok_ = false;
    left_ = {};
  }

  template <std::integral T>
  T number() {
    T value{};
    const std::string_view from = bytes(sizeof(T));
    if (ok_) std::memcpy(&value, from.data(), sizeof(T));
    return value;
  }
  std::string_view bytes(std::size_t size) {
    require(size <= left_.size());
    if (!ok_) return {};
    const std::string_view taken = left_.substr(0, size);
    left_.remove_prefix(size);
    return taken;
  }

 private:
  std::string_view left_;
  bool ok_ = true;
};

}  // namespace starling::bus
