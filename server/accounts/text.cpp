#include "server/accounts/text.h"

#include <algorithm>
#include <array>

#include "common/wire/utf8.h"
#include "server/accounts/limits.h"

namespace starling::accounts {

std::size_t characters(std::string_view text) {
  return static_cast<std::size_t>(
      std::ranges::count_if(text, [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; }));
}

std::string folded(std::string_view text) {
  std::string out(text);
  std::ranges::transform(out, out.begin(), [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
  return out;
}

std::optional<std::string> handle_of(std::string_view text) {
  if (text.size() < limits::kHandleMin || text.size() > limits::kHandleMax) return std::nullopt;
  std::string handle = folded(text);
  const bool good = std::ranges::all_of(handle, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '.' || c == '-';
  });
  if (!good) return std::nullopt;
  return handle;
}

bool is_line(std::string_view text, std::size_t most, bool blank) {
  if (!wire::is_utf8(text) || characters(text) > most) return false;
  if (std::ranges::any_of(text, [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F; })) return false;
  return blank || text.find_first_not_of(' ') != std::string_view::npos;
}

bool is_color(std::string_view text) {
  return text.size() == 7 && text[0] == '#' && std::ranges::all_of(text.substr(1), [](char c) {
           return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
         });
}

std::string default_color(std::uint64_t seed) {
  constexpr std::array<std::string_view, 12> kColors{"#b3404a", "#a8552b", "#8a6a1f", "#5d7a26", "#2f7d46", "#1f7a70",
                                                     "#22749c", "#3a63b8", "#5a52c0", "#8047b5", "#a13f9a", "#ad3f72"};
  return std::string(kColors[seed % kColors.size()]);
}

}  // namespace starling::accounts
