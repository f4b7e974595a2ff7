#include "tests/contract/store/vfs/unsynced_file.h"

#include <algorithm>

namespace starling::contract {
namespace {

constexpr std::size_t kSector = 512;

void put(std::string& content, std::size_t offset, std::string_view bytes) {
  if (content.size() < offset + bytes.size()) content.resize(offset + bytes.size(), '\0');
  content.replace(offset, bytes.size(), bytes);
}

}  // namespace

void UnsyncedFile::apply(std::string& content, const Write& write) {
  if (write.truncates) {
    content.resize(write.offset, '\0');
  } else {
    put(content, write.offset, write.bytes);
  }
}

void UnsyncedFile::tear(std::string& content, const Write& write, Rng& rng) {
  const std::size_t end = write.offset + write.bytes.size();
  for (std::size_t at = write.offset; at < end;) {
    const std::size_t next = std::min(end, (at / kSector + 1) * kSector);
    if (rng.chance(1, 2)) put(content, at, std::string_view(write.bytes).substr(at - write.offset, next - at));
    at = next;
  }
}

void UnsyncedFile::sync(std::uint64_t writes) {
  exists_ = true;
  if (writes <= synced_) return;
  const auto end = pending_.begin() + static_cast<std::ptrdiff_t>(writes - synced_);
  for (auto at = pending_.begin(); at != end; ++at) apply(durable_, *at);
  pending_.erase(pending_.begin(), end);
  synced_ = writes;
}

std::optional<std::string> UnsyncedFile::after_power_loss(Rng& rng) const {
  if (!exists_ && rng.chance(1, 2)) return std::nullopt;
  std::string content = durable_;
  // Most losses are kind to all, or to none; the rest are each write's own.
  const std::uint64_t mood = rng.below(4);
  for (const Write& write : pending_) {
    const std::uint64_t luck = mood < 2 ? mood : rng.below(3);
    if (luck == 0) continue;
    if (luck == 1 || write.truncates) {
      apply(content, write);
    } else {
      tear(content, write, rng);
    }
  }
  return content;
}

}  // namespace starling::contract
