// Any bytes as what another node of the cluster says, also in parts. What is taken is what this version would have said.
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "common/base/assert.h"
#include "server/bus/limits.h"
#include "server/bus/message.h"
#include "tests/fuzz/entry.h"

namespace {

using namespace starling;

constexpr std::uint64_t kCluster = 0;
constexpr std::string_view kHead("\0\0\1\0\0\0\0\0\0\0\0\0", 12);  // topic, version, cluster

/// A message that is not only posts is none of the packer's: parts of a small post.
std::string said(const std::vector<ports::Post>& posts) {
  bus::Packer packer(kCluster, ShardId());
  for (const ports::Post& post : posts) STARLING_ASSERT(packer.add(post));
  std::string all;
  for (const std::string& message : packer.take()) all += message;
  return all;
}

}  // namespace

/// Messages one after the other: two bytes with the size of each, then what follows its head.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  bus::Unpacker unpacker(kCluster);
  std::string_view left(reinterpret_cast<const char*>(data), size);
  while (left.size() > 2) {
    const auto byte = [&](std::size_t i) { return static_cast<std::size_t>(static_cast<std::uint8_t>(left[i])); };
    const std::size_t length = byte(0) | byte(1) << 8;
    const std::string message = std::string(kHead) + std::string(left.substr(2, length));
    left.remove_prefix(std::min(left.size(), 2 + length));
    const auto posts = unpacker.take(message);
    constexpr char kPosts = 1;
    if (posts && message.size() > kHead.size() && message[kHead.size()] == kPosts) {
      STARLING_ASSERT(said(*posts) == message);
    } else if (posts && !posts->empty()) {
      STARLING_ASSERT(bus::Unpacker(kCluster).take(said(*posts)).has_value());
    }
  }
  return 0;
}
