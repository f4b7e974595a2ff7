// Which requests only ask, and for what.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

#include "server/ports/store.h"

namespace starling::store {

enum class ReadKind : std::uint8_t { Room, Page, Device, User, Items, Rooms, Accounts, Revoked };
inline constexpr std::array<std::string_view, 8> kReadKinds{"room",  "page",  "device",   "user",
                                                            "items", "rooms", "accounts", "revoked"};

/// Nothing: it is a write.
std::optional<ReadKind> read_kind(const ports::StoreRequest& request);

/// Reads change nothing that anybody is told of: they may be asked again, and never have an unknown outcome.
inline bool is_read(const ports::StoreRequest& request) { return read_kind(request).has_value(); }

}  // namespace starling::store
