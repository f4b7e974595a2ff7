// Names that people choose: handles, display names, what they may contain.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace starling::accounts {

/// Of well-formed UTF-8.
std::size_t characters(std::string_view text);
/// ASCII to lower case.
std::string folded(std::string_view text);
/// Folded, 2 to 32 of [a-z0-9_.-]; nothing when it cannot be one.
std::optional<std::string> handle_of(std::string_view text);
/// Well-formed, at most `most` characters, without control characters; not blank unless `blank`.
bool is_line(std::string_view text, std::size_t most, bool blank);
/// #rrggbb
bool is_color(std::string_view text);
/// One of a dozen that read well behind white letters.
std::string default_color(std::uint64_t seed);

}  // namespace starling::accounts
