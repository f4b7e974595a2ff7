#include "server/transfer/mattermost_text.h"

#include <fmt/format.h>

#include <cctype>
#include <optional>

#include "server/transfer/emoji.h"

namespace starling::transfer {
namespace {

bool is_name(char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_' || c == '.' || c == '-'; }

/// The end of the code that begins at `at`; `at` when none does.
std::size_t end_of_code(std::string_view text, std::size_t at) {
  const std::size_t open = text.find_first_not_of('`', at);
  const std::size_t ticks = (open == std::string_view::npos ? text.size() : open) - at;
  if (ticks == 0 || open == std::string_view::npos) return at;
  const std::size_t close = text.find(std::string(ticks, '`'), open);
  return close == std::string_view::npos ? at : close + ticks;
}

/// Of the "@name" at `at`, its length in `length`; empty when it calls nobody.
std::string mention(std::string_view text, std::size_t at, const UserIfAny& user, std::size_t& length) {
  if (at > 0 && is_name(text[at - 1])) return {};
  std::size_t end = at + 1;
  while (end < text.size() && is_name(text[end])) ++end;
  // A full stop after a name may belong to the sentence.
  for (std::string_view name = text.substr(at + 1, end - at - 1); !name.empty(); name.remove_suffix(1)) {
    length = name.size() + 1;
    if (name == "channel" || name == "all" || name == "here") return "<@room>";
    if (const UserId found = user(name)) return fmt::format("<@{}>", found.value);
    if (name.back() != '.' && name.back() != '-' && name.back() != '_') return {};
  }
  return {};
}

}  // namespace

std::string text_of_mattermost(std::string_view text, const UserIfAny& user) {
  std::string out;
  for (std::size_t at = 0; at < text.size();) {
    if (const std::size_t end = text[at] == '`' ? end_of_code(text, at) : at; end > at) {
      out += text.substr(at, end - at);
      at = end;
      continue;
    }
    // Typed as plain characters, it calls nobody.
    if (text.substr(at).starts_with("<@")) {
      out += "<\\@";
      at += 2;
      continue;
    }
    std::size_t length = 0;
    if (text[at] == '@') {
      if (const std::string call = mention(text, at, user, length); !call.empty()) {
        out += call;
        at += length;
        continue;
      }
    }
    if (text[at] == ':') {
      const std::size_t close = text.find(':', at + 1);
      const auto character =
          close == std::string_view::npos ? std::nullopt : emoji_of(text.substr(at + 1, close - at - 1));
      if (character) {
        out += *character;
        at = close + 1;
        continue;
      }
    }
    out += text[at++];
  }
  return out;
}

}  // namespace starling::transfer
