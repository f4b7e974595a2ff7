#include "server/ctl/room_ids.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <system_error>

namespace starling::ctl {

Result<std::vector<RoomId>, std::string> parse_room_ids(std::string_view text) {
  constexpr std::string_view kSpace = " \t\r\n";
  std::vector<RoomId> rooms;
  for (std::size_t at = text.find_first_not_of(kSpace); at != std::string_view::npos;) {
    const std::size_t end = std::min(text.find_first_of(kSpace, at), text.size());
    const std::string_view word = text.substr(at, end - at);
    std::uint64_t room = 0;
    const auto [rest, error] = std::from_chars(word.data(), word.data() + word.size(), room);
    if (error != std::errc{} || rest != word.data() + word.size() || room == 0) {
      return tl::unexpected(fmt::format("'{}' is no room's number", word));
    }
    rooms.emplace_back(room);
    at = text.find_first_not_of(kSpace, end);
  }
  return rooms;
}

}  // namespace starling::ctl
