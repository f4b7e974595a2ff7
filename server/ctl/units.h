// Numbers as people read them.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace starling::ctl {

/// 1234567 as 1,234,567.
std::string grouped(std::uint64_t number);
/// 1536 as "1.5 KiB", below 1 KiB as "17 bytes".
std::string in_bytes(std::uint64_t bytes);
/// 93784 as "1 d 2 h", the two largest units.
std::string in_time(std::int64_t seconds);
/// Seconds of "90d"; the units are s, min, h, d and w. Nothing for anything else, or for no time at all.
std::optional<std::int64_t> parse_age(std::string_view text);

}  // namespace starling::ctl
