// The rooms of one session, in storage that the caller lends.
#pragma once

#include <cstdint>
#include <span>

#include "common/client/room_cursor.h"

namespace starling::client {

/// Two parallel arrays. `capacity` rooms fit; the table decides which are in use.
struct RoomStorage {
  RoomCursor* cursors = nullptr;
  RoomCounters* counters = nullptr;
  std::uint32_t capacity = 0;
};

/// Where sessions get their storage. One lender may serve any number of sessions.
class RoomLender {
 public:
  virtual ~RoomLender() = default;
  /// Storage for at least `capacity` rooms (> old.capacity) whose first `used` rooms are those of `old`, which the
  /// session gives back with this call.
  virtual RoomStorage grow(RoomStorage old, std::uint32_t used, std::uint32_t capacity) = 0;
  virtual void give_back(RoomStorage storage) = 0;
};

/// Lends from the heap, a block per session.
class HeapLender final : public RoomLender {
 public:
  RoomStorage grow(RoomStorage old, std::uint32_t used, std::uint32_t capacity) override;
  void give_back(RoomStorage storage) override;
};

/// Sorted by room; look-ups are O(log n), a new room is O(n). A room is never removed: its last_cseq must outlive the
/// user's leaving it, because the log's counter does.
class RoomTable {
 public:
  explicit RoomTable(RoomLender& lender) : lender_(&lender) {}
  ~RoomTable() { lender_->give_back(storage()); }
  RoomTable(RoomTable&& other) noexcept;
  RoomTable& operator=(RoomTable&&) = delete;

  /// Makes room for `rooms` in all, so that a list of known length costs one growth.
  void reserve(std::uint32_t rooms);

  static constexpr std::uint32_t kNone = UINT32_MAX;
  /// Index of the room; kNone when there is none.
  std::uint32_t find(RoomId room) const;
  /// Index of the room, added with default values when it is new.
  std::uint32_t find_or_add(RoomId room);

  std::uint32_t size() const { return size_; }
  std::span<RoomCursor> cursors() { return {cursors_, size_}; }
  std::span<const RoomCursor> cursors() const { return {cursors_, size_}; }
  RoomCursor& cursor(std::uint32_t i) { return cursors()[i]; }
  const RoomCursor& cursor(std::uint32_t i) const { return cursors()[i]; }
  RoomCounters& counters(std::uint32_t i) { return std::span(counters_, size_)[i]; }
  const RoomCounters& counters(std::uint32_t i) const { return std::span(counters_, size_)[i]; }

  Seq floor(std::uint32_t i) const;
  /// Raises the floor to at least `seq`.
  void raise_floor(std::uint32_t i, Seq seq);
  /// Moves the cursor to the next event; the floor stays, or is pushed along. False when it cannot be held.
  bool advance(std::uint32_t i, PrefixHash hash);
  /// Another place in the log; within the same epoch the floor stays. False when it cannot be held.
  bool jump(std::uint32_t i, const wire::Cursor& to);
  /// Nothing is known of the log behind the cursor.
  void drop_floor(std::uint32_t i) { counters(i).floor_ahead = 0; }

  RoomState state(std::uint32_t i) const;
  void restore(const RoomState& state);

 private:
  RoomStorage storage() const { return {cursors_, counters_, capacity_}; }

  RoomLender* lender_;
  RoomCursor* cursors_ = nullptr;
  RoomCounters* counters_ = nullptr;
  std::uint32_t capacity_ = 0;
  std::uint32_t size_ = 0;
};

}  // namespace starling::client
