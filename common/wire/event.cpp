#include "common/wire/event.h"

#define XXH_INLINE_ALL
#include <xxhash.h>

#include <array>
#include <bit>

namespace starling::wire {

static_assert(std::endian::native == std::endian::little, "the fold hashes its words as little-endian bytes");

std::uint64_t body_hash(std::string_view body) { return XXH3_64bits(body.data(), body.size()); }

PrefixHash fold(PrefixHash before, const Event& event) {
  const std::uint64_t hash_of_body = event.erased_hash != 0 ? event.erased_hash : body_hash(event.body);
  // Whole words, so that no two fields can run together.
  const std::array<std::uint64_t, 11> words{
      before.value,       event.seq.value,     static_cast<std::uint64_t>(event.kind),
      event.sender.value, event.device.value,  event.cseq.value,
      event.target.value, event.subject.value, static_cast<std::uint64_t>(event.role),
      hash_of_body,       event.thread.value};
  const std::size_t count = words.size() - (event.thread ? 0 : 1);
  const std::uint64_t hash = XXH3_64bits(words.data(), count * sizeof(words[0]));
  return PrefixHash(hash != 0 ? hash : 1);
}

}  // namespace starling::wire
