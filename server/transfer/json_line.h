// One line of an export, written front to back.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace starling::transfer {

/// Owner: one thread. The buffer is kept from line to line.
class JsonLine {
 public:
  void begin(std::string_view type);
  /// With its line feed; valid until the next `begin`.
  std::string_view end();

  void number(std::string_view name, std::int64_t value);
  void count(std::string_view name, std::uint64_t value);
  /// An unsigned decimal in quotes: many readers of JSON lose what is above 2^53.
  void id(std::string_view name, std::uint64_t value);
  /// 16 hexadecimal digits.
  void hash(std::string_view name, std::uint64_t value);
  void text(std::string_view name, std::string_view utf8);
  void null(std::string_view name);
  /// As text where it is UTF-8, else as NAME_hex.
  void bytes(std::string_view name, std::string_view bytes);

 private:
  void key(std::string_view name);
  void quoted(std::string_view utf8);

  std::string out_;
};

}  // namespace starling::transfer
