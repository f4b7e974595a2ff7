// Shards without sockets, store or threads, and people that come, break off, go away and are back. Time is invented, so
// the counts are those of the rules, not of the machine.
#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <utility>
#include <vector>

#include "common/base/rng.h"
#include "server/core/shard.h"

namespace starling::bench {

class Crowd {
 public:
  struct Shape {
    std::uint32_t users = 10'000;
    std::uint32_t visible = 50;  // others in each user's room
    std::uint32_t shards = 2;
    std::uint64_t seed = 1;
  };
  /// What was counted since the last call.
  struct Counts {
    std::uint64_t changes = 0;
    std::uint64_t frames = 0;
    std::uint64_t envelopes = 0;
    std::uint64_t naive_frames = 0;  // one for each change and each connected person that sees it
  };

  explicit Crowd(Shape shape);

  /// Everybody is connected and shows the room.
  void gather();
  /// `changes` a second, half of them people who go away or are back, half broken connections and new ones.
  void flap(Duration span, std::uint32_t changes_per_s);
  void pass(Duration span);
  Counts take();

 private:
  struct Person {
    std::uint32_t connections = 0;
    bool connected = false;
    bool away = false;
  };

  std::uint32_t rooms() const { return (shape_.users + shape_.visible) / (shape_.visible + 1); }
  RoomId room_of(std::uint32_t user) const { return RoomId(1'000'000 + user % rooms()); }
  std::vector<UserId> members_of(RoomId room) const;
  ConnId conn_of(std::uint32_t user) const { return {.index = user, .generation = people_[user].connections}; }
  std::uint32_t shard_of(std::uint32_t user) const { return user / rooms() % shape_.shards; }
  void connect(std::uint32_t user);
  void change(std::uint32_t user);
  void input(std::uint32_t shard, core::Input&& in);
  ports::StoreResult execute(const ports::StoreRequest& request) const;

  Shape shape_;
  Rng rng_;
  std::vector<std::unique_ptr<core::Shard>> shards_;
  std::vector<Person> people_;
  std::vector<std::uint32_t> connected_;  // by room
  std::deque<std::pair<std::uint32_t, core::Input>> inputs_;
  bool running_ = false;
  core::Now now_{.at = Instant(std::chrono::hours(1)), .wall = wall_from_ms(1'700'000'000'000)};
  Counts counts_;
  Counts before_;
};

}  // namespace starling::bench
