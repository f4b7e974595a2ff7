#include "server/api/call.h"

#include <algorithm>
#include <functional>
#include <utility>

namespace starling::api {
namespace {

int hex(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

std::string decoded(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool escape = text[i] == '%' && i + 2 < text.size() && hex(text[i + 1]) >= 0 && hex(text[i + 2]) >= 0;
    if (escape) {
      out += static_cast<char>(hex(text[i + 1]) * 16 + hex(text[i + 2]));
      i += 2;
    } else {
      out += text[i] == '+' ? ' ' : text[i];
    }
  }
  return out;
}

}  // namespace

std::optional<std::uint64_t> number_of(std::string_view text) {
  std::uint64_t value = 0;
  const auto [end, status] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (text.empty() || status != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return value;
}

Call::Call(ports::ApiRequest request) : request_(std::move(request)) {
  std::string_view target = request_.target;
  const std::size_t mark = target.find('?');
  path_size_ = std::min(mark, target.size());
  std::string_view rest = mark == std::string_view::npos ? std::string_view() : target.substr(mark + 1);
  while (!rest.empty()) {
    const std::string_view pair = rest.substr(0, rest.find('&'));
    rest.remove_prefix(std::min(pair.size() + 1, rest.size()));
    const std::size_t equals = std::min(pair.find('='), pair.size());
    query_.emplace(decoded(pair.substr(0, equals)), decoded(pair.substr(std::min(equals + 1, pair.size()))));
  }
}

std::string_view Call::part(std::string_view name) const {
  const auto found = parts_.find(name);
  return found == parts_.end() ? std::string_view() : std::string_view(found->second);
}

std::optional<std::string> Call::query(std::string_view name) const {
  const auto found = query_.find(name);
  if (found == query_.end()) return std::nullopt;
  return found->second;
}

std::optional<std::uint64_t> Call::query_number(std::string_view name, std::uint64_t otherwise,
                                                std::uint64_t most) const {
  const auto text = query(name);
  if (!text) return otherwise;
  const auto number = number_of(*text);
  if (!number) return std::nullopt;
  return std::min(*number, most);
}

}  // namespace starling::api
