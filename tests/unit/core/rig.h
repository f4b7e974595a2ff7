// Shards driven by hand: the test plays the connections, the rings between shards, the store's timing and the clock.
#pragma once

#include <gtest/gtest.h>

#include <deque>
#include <functional>
#include <initializer_list>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "common/wire/codec.h"
#include "loadsim/sim/tail_cache.h"
#include "server/core/shard.h"
#include "tests/unit/core/fake_store.h"

namespace starling::core::testing {

using namespace std::chrono_literals;

inline constexpr RoomId kRoom{0x10};
inline constexpr UserId kAlice{1};
inline constexpr UserId kBob{2};
inline constexpr UserId kCarol{3};

/// A connection to one of the shards.
struct End {
  std::uint32_t shard = 0;
  ConnId conn;
  auto operator<=>(const End&) const = default;
};

/// What one connection has been sent, and how it ended.
struct Heard {
  std::vector<wire::ServerFrame> frames;
  bool closed = false;
  CloseReason reason = CloseReason::ProtocolError;
  std::uint32_t queued = 0;  // bytes not reported as drained

  template <class Frame>
  std::vector<Frame> all() const {
    std::vector<Frame> found;
    for (const auto& frame : frames) {
      if (const auto* each = std::get_if<Frame>(&frame)) found.push_back(*each);
    }
    return found;
  }
  /// The seqs of the events of a room, in the order they came.
  std::vector<std::uint64_t> seqs(RoomId room = kRoom) const;
  /// The last answer to a Sync of the room.
  wire::SyncedRoom synced(RoomId room = kRoom) const;
};

class Rig {
 public:
  explicit Rig(std::uint32_t shards = 1, Config config = {});

  FakeStore store;

  // ---- connections
  End connect(UserId user, DeviceId device, std::uint64_t rooms_version = 0, std::uint32_t shard = 0,
              ports::Grants grants = {.sends_per_s = 1000, .sends_burst = 1000});
  /// What the next connect() to the shard will return.
  End next_end(std::uint32_t shard) const {
    return {.shard = shard, .conn = {.index = next_index_[shard], .generation = 1}};
  }
  void say(End end, wire::ClientFrame frame);
  /// `left`: with a goodbye.
  void disconnect(End end, bool left = false);
  /// From now on nothing leaves for this connection until drain().
  void stop_reading(End end) { stuck_[end] = true; }
  void drain(End end);
  Heard& heard(End end) { return heard_[end]; }
  void forget_heard();

  /// Sync of one room with what a device holds.
  void sync(End end, wire::Cursor cursor = {}, wire::SyncMode mode = wire::SyncMode::Full, RoomId room = kRoom,
            Seq floor = Seq());
  wire::Send message(std::uint32_t cseq, std::string body = "hello", std::uint32_t epoch = 1, RoomId room = kRoom);
  /// A device's first send, by whoever may.
  static wire::Send add_member(UserId subject, RoomId room = kRoom);
  /// A cursor at the head of the room, as the store has it.
  wire::Cursor at_head(RoomId room = kRoom);
  wire::Cursor at(std::uint64_t seq, RoomId room = kRoom);

  // ---- the store
  /// Operations wait until complete_next() or let_store_run().
  void hold_store() { hold_store_ = true; }
  void let_store_run();
  std::size_t held() const { return held_.size(); }
  const ports::StoreRequest& held_request(std::size_t i = 0) const { return held_[i].second.request; }
  std::uint64_t held_id() const { return held_.front().second.id; }
  ports::StoreRequest take_held();
  template <class Request>
  std::size_t held_of() const {
    std::size_t n = 0;
    for (const auto& [shard, op] : held_) n += std::holds_alternative<Request>(op.request) ? 1 : 0;
    return n;
  }
  void complete_next(ports::StoreStatus status = ports::StoreStatus::Ok);
  /// It takes effect, but nobody learns of it.
  void complete_next_unknown(bool took_effect);
  /// Every operation of a kind that was ever submitted.
  template <class Request>
  std::size_t submitted() const {
    return submitted_.at(ports::StoreRequest(Request{}).index());
  }

  // ---- the directory: at once, and empty at first
  sim::TailCache cache{{}, 1000};
  std::size_t directory_ops = 0;
  /// Answers are changed by this, and lost when it is false.
  std::function<bool(ports::TailRead&)> on_tail_read;

  // ---- the rings
  /// Envelopes for which this is true are lost.
  std::function<bool(ShardId from, ShardId to, const ports::Payload&)> lose;

  // ---- the clock
  void pass(Duration time);
  Now now() const { return now_; }

  /// New shards; whatever was connected or under way is gone.
  void restart_shards();
  /// One alone; it gives the handles of its connections out from the beginning. Each is a node of its own.
  void restart_shard(std::uint32_t shard) { restart_shard(shard, shard); }
  /// The other shards go on without this one, which is told nothing.
  void put_out(std::uint32_t shard);
  void bring_back(std::uint32_t shard) { restart_shard(shard); }
  /// `untold` hears of it by hear_view() only.
  void bring_back(std::uint32_t shard, std::uint32_t untold) { restart_shard(shard, untold); }
  /// Nothing has its home there any more. It is told last: with `told` false, only by hear_view().
  void leave(std::uint32_t shard, bool told = true);
  void hear_view(std::uint32_t shard) { input(shard, ViewChanged{view_}); }
  void drain_shard(std::uint32_t shard = 0) { input(shard, DrainRequested{}); }
  Shard& shard(std::uint32_t i = 0) { return *shards_[i]; }
  void input(std::uint32_t shard, Input&& in);
  std::uint32_t shards() const { return static_cast<std::uint32_t>(shards_.size()); }
  /// The shard that is home to a room or a user.
  template <class Id>
  std::uint32_t home(Id id) const {
    return ports::home_of(view_, id).value;
  }

  /// Called for every frame as it is sent, when set.
  std::function<void(End, const wire::ServerFrame&)> on_frame;
  std::function<void(End, CloseReason)> on_close;

 private:
  void carry_out(std::uint32_t shard, Effects& effects);
  void ask_directory(std::uint32_t shard, const ports::DirectoryOp& op);
  template <class Change>
  void change_view(Change&& change, std::initializer_list<std::uint32_t> except);
  void restart_shard(std::uint32_t shard, std::uint32_t untold);
  void run();

  Config config_;
  ports::View view_;
  std::uint64_t boot_ = 1;
  std::vector<std::unique_ptr<Shard>> shards_;
  std::map<End, Heard> heard_;
  std::map<End, bool> stuck_;
  std::deque<std::pair<std::uint32_t, Input>> inputs_;
  std::deque<std::pair<std::uint32_t, ports::StoreOp>> held_;
  std::map<std::size_t, std::size_t> submitted_;
  std::vector<std::uint32_t> next_index_;
  Now now_{.at = Instant(1h), .wall = wall_from_ms(1'700'000'000'000)};
  bool hold_store_ = false;
  bool running_ = false;
};

}  // namespace starling::core::testing
