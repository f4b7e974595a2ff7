// A message from a node to a node: some posts, or a part of one that is too large for it.
//
//   topic    u16  the first shard of the node that it is for: what libzmq filters by
//   version  u16
//   cluster  u64
//   form     u8   1: posts follow, to the end. 2: u32 size of the post, u32 where this part of it begins, the part
//
// Other versions are not understood, and refused: all nodes of a cluster are of one (docs/decisions/0019-a-bus-of-plain-structs.md).
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "common/base/ids.h"
#include "common/base/result.h"
#include "server/ports/envelope.h"

namespace starling::bus {

/// Raised with any change of what crosses; tests/unit/bus holds golden bytes.
inline constexpr std::uint16_t kVersion = 1;

/// What a node subscribes to at all others.
std::string topic_of(ShardId first);

/// Cuts what is said to one node into messages.
class Packer {
 public:
  Packer(std::uint64_t cluster, ShardId to_first) : cluster_(cluster), to_first_(to_first) {}

  /// False: larger than anything that a shard says, and not taken.
  bool add(const ports::Post& post);
  /// What has been added since the last time.
  std::vector<std::string> take();

 private:
  std::string begin(std::uint8_t form) const;
  void seal();

  std::uint64_t cluster_;
  ShardId to_first_;
  std::string open_;  // the message that is being filled; empty: none
  std::string post_;
  std::vector<std::string> messages_;
};

enum class Refusal : std::uint8_t {
  Malformed = 1,
  OtherVersion,
  OtherCluster,
  PartMissing,  // of a post in parts: the rest of it is useless
};

/// Puts what one node says together again.
class Unpacker {
 public:
  explicit Unpacker(std::uint64_t cluster) : cluster_(cluster) {}

  /// The posts that are complete with this message, those before the fault included in nothing: a message counts as a whole.
  Result<std::vector<ports::Post>, Refusal> take(std::string_view message);

 private:
  Result<std::vector<ports::Post>, Refusal> take_part(std::string_view body);

  std::uint64_t cluster_;
  std::string whole_;
  std::size_t size_ = 0;  // of the post in parts; 0: none is under way
};

}  // namespace starling::bus
