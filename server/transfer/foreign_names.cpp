#include "server/transfer/foreign_names.h"

#include <fmt/format.h>

#include "common/wire/event.h"

namespace starling::transfer {

std::uint64_t number_of(std::string_view what, std::string_view team, std::string_view object) {
  const std::uint64_t hash = wire::body_hash(fmt::format("{}\n{}\n{}", what, team, object)) >> 1;
  return hash != 0 ? hash : 1;
}

std::string Handles::take(std::string_view wish) {
  constexpr std::size_t kMin = 2;
  constexpr std::size_t kMax = 32;
  std::string base;
  for (const char c : wish.substr(0, kMax)) {
    const char low = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    const bool fits =
        (low >= 'a' && low <= 'z') || (low >= '0' && low <= '9') || low == '_' || low == '.' || low == '-';
    base += fits ? low : '_';
  }
  while (base.size() < kMin) base += '_';
  std::string handle = base;
  for (int n = 2; !taken_.insert(handle).second; ++n) {
    const std::string suffix = fmt::format("-{}", n);
    handle = base.substr(0, kMax - suffix.size()) + suffix;
  }
  return handle;
}

std::string_view cut_utf8(std::string_view text, std::size_t bytes_max) {
  if (text.size() <= bytes_max) return text;
  std::size_t end = bytes_max;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0) == 0x80) --end;
  return text.substr(0, end);
}

}  // namespace starling::transfer
