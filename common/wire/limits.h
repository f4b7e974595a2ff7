// Every limit of the protocol, with its reason. The codec enforces them; nothing past it sees a larger value.
#pragma once

#include <cstddef>
#include <cstdint>

namespace starling::wire::limits {

/// One WebSocket message, either way. Small enough that a shard's one read buffer holds several.
inline constexpr std::size_t kMessageBytesMax = 64 * 1024;
/// A body: leaves room for the frame around it and for a history page of two full bodies.
inline constexpr std::size_t kBodyBytesMax = 16 * 1024;
/// A room title, its topic (a paragraph), an emoji (a ZWJ sequence with modifiers), a client's agent string, an error text.
inline constexpr std::size_t kTitleBytesMax = 256;
inline constexpr std::size_t kTopicBytesMax = 1024;
inline constexpr std::size_t kEmojiBytesMax = 64;
inline constexpr std::size_t kAgentBytesMax = 128;
inline constexpr std::size_t kReasonBytesMax = 256;
/// A token or ticket: claims and a signature are below 300 bytes.
inline constexpr std::size_t kTokenBytesMax = 1024;
/// Rooms in one Sync: 512 cursors of at most 60 bytes fit a message; a client with more sends several.
inline constexpr std::size_t kSyncRoomsMax = 512;
/// Events in one history page, before kPageBytesMax cuts it.
inline constexpr std::uint32_t kPageEventsMax = 100;
inline constexpr std::size_t kPageBytesMax = 48 * 1024;
/// Members named in one CreateRoom; more are added by MemberAdd events.
inline constexpr std::size_t kCreateMembersMax = 256;
/// An item of a user: a draft is a body; a key is an id or a name.
inline constexpr std::size_t kItemKeyBytesMax = 64;
inline constexpr std::size_t kItemValueBytesMax = kBodyBytesMax;
/// What one Items frame brings: as much as a page of history.
inline constexpr std::size_t kItemsBytesMax = kPageBytesMax;
inline constexpr std::size_t kItemsMax = 512;
/// Cursors in one Delivered.
inline constexpr std::size_t kDeliveredMax = 512;
/// Users in one Watch, and watched by a connection in all its rooms: more than a person sees at once in any window.
inline constexpr std::size_t kWatchUsersMax = 500;
/// Up to so many members a room's receipts name each of them; above, they are counts.
inline constexpr std::size_t kReceiptMembersMax = 256;
/// The newest events for which receipts count: what a window of a large room shows.
inline constexpr std::size_t kReceiptCountsMax = 64;
/// Sends of one (device, room) that may await their result.
inline constexpr std::uint32_t kInFlightPerRoomMax = 16;

static_assert(kBodyBytesMax + 1024 <= kMessageBytesMax);
static_assert(kPageBytesMax + kBodyBytesMax <= kMessageBytesMax, "a page that ends with a full body still fits");
static_assert(kSyncRoomsMax * 64 <= kMessageBytesMax);

}  // namespace starling::wire::limits
