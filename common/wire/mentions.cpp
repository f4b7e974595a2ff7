#include "common/wire/mentions.h"

#include <algorithm>
#include <charconv>

namespace starling::wire {

Mentions mentions_of(std::string_view text) {
  constexpr std::string_view kOpen = "<@";
  Mentions found;
  for (std::size_t at = text.find(kOpen); at != std::string_view::npos; at = text.find(kOpen, at)) {
    at += kOpen.size();
    const std::size_t end = text.find('>', at);
    if (end == std::string_view::npos) break;
    const std::string_view name = text.substr(at, end - at);
    if (name == "room") {
      found.room = true;
      continue;
    }
    UserId user;
    const auto [rest, error] = std::from_chars(name.data(), name.data() + name.size(), user.value);
    if (error != std::errc{} || rest != name.data() + name.size() || !user) continue;
    if (found.users.size() == kMentionsMax || std::ranges::find(found.users, user) != found.users.end()) continue;
    found.users.push_back(user);
  }
  return found;
}

bool mentions_room(EventKind kind, std::string_view body) {
  const bool is_text = kind == EventKind::Message || kind == EventKind::Edit;
  return is_text && body.find("<@room>") != std::string_view::npos;
}

}  // namespace starling::wire
