// Which web pages may open a connection.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace starling::ws {

/// A request without an Origin comes from a program, not from a page, and is allowed: no cookie is ever read, so it
/// carries nobody else's rights. A present one must equal an entry, scheme, host and port; "null" (sandboxed pages,
/// files) never does.
bool origin_allowed(std::optional<std::string_view> origin, std::span<const std::string> allowed);

}  // namespace starling::ws
