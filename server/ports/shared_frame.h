// An encoded frame that all its recipients on one shard share: bytes written once, counted references, no copies.
// The count is not atomic: a frame never leaves the thread of the shard that made it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <new>
#include <span>
#include <string_view>
#include <utility>

#include "common/base/assert.h"

namespace starling::ports {

class SharedFrame {
 public:
  /// Room in front of the payload for a WebSocket header of a server frame of up to 65,535 bytes.
  static constexpr std::size_t kHeadroom = 4;

  SharedFrame() = default;
  explicit SharedFrame(std::string_view payload) : block_(Block::make(payload)) {}
  SharedFrame(const SharedFrame& other) : block_(other.block_) {
    if (block_ != nullptr) ++block_->references;
  }
  SharedFrame(SharedFrame&& other) noexcept : block_(std::exchange(other.block_, nullptr)) {}
  SharedFrame& operator=(SharedFrame other) noexcept {
    std::swap(block_, other.block_);
    return *this;
  }
  ~SharedFrame() {
    if (block_ != nullptr && --block_->references == 0) std::free(block_);
  }

  explicit operator bool() const { return block_ != nullptr; }
  std::size_t size() const { return block_->size; }
  std::span<const std::byte> payload() const { return {block_->bytes() + kHeadroom, block_->size}; }

  /// The payload with its transport header in front: empty until `seal` has written one.
  std::span<const std::byte> sealed() const {
    return {block_->bytes() + kHeadroom - block_->header, std::size_t{block_->header} + block_->size};
  }
  bool is_sealed() const { return block_->header != 0; }
  /// `headroom` ends where the payload begins; the writer fills its last `n` bytes.
  std::span<std::byte, kHeadroom> headroom() { return std::span<std::byte, kHeadroom>(block_->bytes(), kHeadroom); }
  void seal(std::size_t header_bytes) {
    STARLING_ASSERT(header_bytes >= 1 && header_bytes <= kHeadroom);
    block_->header = static_cast<std::uint8_t>(header_bytes);
  }

 private:
  struct Block {
    std::uint32_t references = 1;
    std::uint32_t size : 24 = 0;
    std::uint32_t header : 8 = 0;

    std::byte* bytes() { return reinterpret_cast<std::byte*>(this + 1); }
    static Block* make(std::string_view payload) {
      STARLING_ASSERT(payload.size() <= 0xFFFF);
      void* memory = std::malloc(sizeof(Block) + kHeadroom + payload.size());
      if (memory == nullptr) throw std::bad_alloc();
      auto* block = new (memory) Block;
      block->size = static_cast<std::uint32_t>(payload.size()) & 0xFFFFFFu;
      payload.copy(reinterpret_cast<char*>(block->bytes() + kHeadroom), payload.size());
      return block;
    }
  };
  static_assert(sizeof(Block) == 8);

  Block* block_ = nullptr;
};

}  // namespace starling::ports
