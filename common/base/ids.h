// Strong types for every id and counter: a UserId cannot be passed where a RoomId is meant.
#pragma once

#include <compare>
#include <cstddef>
#include <cstdint>
#include <functional>

namespace starling {

template <class Tag, class Rep>
struct Id {
  using rep = Rep;
  Rep value{};

  constexpr Id() = default;
  constexpr explicit Id(Rep v) : value(v) {}
  constexpr auto operator<=>(const Id&) const = default;
  /// False for the zero id, which names nothing.
  constexpr explicit operator bool() const { return value != 0; }
  constexpr Id next() const { return Id(static_cast<Rep>(value + 1)); }
  constexpr Id prev() const { return Id(static_cast<Rep>(value - 1)); }
};

using UserId = Id<struct UserTag, std::uint64_t>;
using DeviceId = Id<struct DeviceTag, std::uint64_t>;
using RoomId = Id<struct RoomTag, std::uint64_t>;
/// Position of a durable event in its room's log: 1, 2, 3… without a gap. 0 is "before the first event".
using Seq = Id<struct SeqTag, std::uint64_t>;
/// A producer's counter: 1, 2, 3… per (device, room), minted by the client.
using Cseq = Id<struct CseqTag, std::uint32_t>;
/// Incarnation of a room's log. A loss by policy raises it, so (epoch, seq) names one event for ever. 0 is "unknown".
using Epoch = Id<struct EpochTag, std::uint32_t>;
/// Random 64-bit name of a message, minted by the client; survives renumbering of its cseq.
using ClientMsgId = Id<struct ClientMsgTag, std::uint64_t>;
/// Fold of a room's log up to a seq. 0 is the fold of the empty log.
using PrefixHash = Id<struct PrefixHashTag, std::uint64_t>;
/// A shard's number, which no other shard of the cluster has.
using ShardId = Id<struct ShardTag, std::uint16_t>;
using ViewId = Id<struct ViewTag, std::uint64_t>;

/// Handle of a connection within one shard: slot index and generation, so a stale handle is detected.
struct ConnId {
  std::uint32_t index = UINT32_MAX;
  std::uint32_t generation = 0;
  constexpr auto operator<=>(const ConnId&) const = default;
};

}  // namespace starling

template <class Tag, class Rep>
struct std::hash<starling::Id<Tag, Rep>> {
  std::size_t operator()(starling::Id<Tag, Rep> id) const noexcept {
    std::uint64_t x = static_cast<std::uint64_t>(id.value) + 0x9E3779B97F4A7C15ull;
    x = (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9ull;
    x = (x ^ (x >> 27)) * 0x94D049BB133111EBull;
    return static_cast<std::size_t>(x ^ (x >> 31));
  }
};

template <>
struct std::hash<starling::ConnId> {
  std::size_t operator()(starling::ConnId id) const noexcept {
    return (static_cast<std::size_t>(id.generation) << 32) ^ id.index;
  }
};
