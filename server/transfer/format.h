// The export format: JSON Lines, one object a line, its first key "type" (docs/EXPORT.md).
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace starling::transfer {

/// Raised when an older program would misread a file. New columns and kinds of events do not raise it: a program that
/// does not know them refuses them by name.
inline constexpr std::uint64_t kFormat = 1;

/// Longest line: a body of only control characters takes six bytes for each of its own.
inline constexpr std::size_t kLineBytesMax = std::size_t{1} << 18;

/// Of a foreign archive: a post with all its replies and reactions is one line.
inline constexpr std::size_t kForeignLineBytesMax = std::size_t{256} << 20;

/// What a user line carries of an `accounts` table, where there is one: who somebody is, never a secret (passwords,
/// second factors, tokens). A new column of a profile is named here and nowhere else.
inline constexpr std::array<std::string_view, 6> kProfileColumns{"handle",      "display_name", "avatar_color",
                                                                 "status_text", "created",      "disabled"};

/// What users keep beside their rooms, whole: a line a row, its type the table's name. They go out with all rooms only: items
/// name rooms.
inline constexpr std::array<std::string_view, 1> kUserTables{"user_items"};

/// Tables of a room's facts beside its log, whole: a line a row, its type the table's name. Checkpoints are made again.
inline constexpr std::array<std::string_view, 6> kRoomTables{"members",       "device_pos",   "read_marks",
                                                             "created_rooms", "direct_rooms", "pins"};

/// Ids are written as text: they use all 64 bits.
constexpr bool is_id(std::string_view column) {
  constexpr std::array<std::string_view, 7> kIds{"device",    "sender",     "subject",      "low_user",
                                                 "high_user", "invited_by", "items_version"};
  return column.ends_with("_id") || std::ranges::find(kIds, column) != kIds.end();
}

}  // namespace starling::transfer
