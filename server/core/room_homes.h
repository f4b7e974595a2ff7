// The rooms that have their home on this shard: registrations, commits in batches, publication. What is acknowledged or
// published has been committed; what a home knows is only what the store has told it.
#pragma once

#include <cstdint>
#include <deque>
#include <span>
#include <string>
#include <vector>

#include "server/core/links.h"
#include "server/core/room_home.h"
#include "server/core/shared_tails.h"
#include "server/core/slab.h"
#include "server/core/store_calls.h"

namespace starling::core {

class RoomHomes {
 public:
  RoomHomes(Turn& turn, Links& links, StoreCalls& store, SharedTails& tails)
      : turn_(turn), links_(links), store_(store), tails_(tails) {}
  RoomHomes(const RoomHomes&) = delete;
  RoomHomes& operator=(const RoomHomes&) = delete;

  // ---- from shards
  void on(ShardId from, ports::JoinRooms&& ask);
  void on(ShardId from, const ports::LeaveRoom& leave);
  void on(ShardId from, const ports::FetchEvents& fetch);
  void on(ShardId from, const ports::AskHeads& ask);
  void on(ShardId from, const ports::DisputeEpoch& dispute);
  void on(ShardId from, ports::ForwardSend&& forward);
  /// Passes typing on to the shards that listen.
  void relay(const ports::TypingSeen& typing);

  // ---- from the store
  void loaded(const LoadCall& call, ports::StoreCompletion&& done);
  void committed(const CommitCall& call, ports::StoreCompletion&& done);
  void missing_read(const MissingCall& call, ports::StoreCompletion&& done);
  void raised(const RaiseCall& call, const ports::StoreCompletion& done);

  // ---- views
  /// Lets go of the rooms that have their home elsewhere now.
  void hand_over();
  /// The shard is gone, or has started anew: it listens to nothing.
  void forget_listener(ShardId shard);

  /// Its log, and not by this home.
  void grew(RoomId room, Seq head);

  // ---- chores
  void retry();
  /// The rooms that waited until everybody knows of the view.
  void load_held();
  /// The next of those whom an event concerns that another home has committed.
  void note_some();
  void digest();
  /// Looks at the next slots; forgets what nobody needs.
  void sweep(std::uint32_t slots);

  /// The room as its home knows it now; null when it is not in memory.
  const RoomHome* peek(RoomId room) const;
  /// The tail of a room, when it reaches back to `after`; for readers on this shard.
  const Tail* tail_after(RoomId room, Seq after);
  bool quiet() const { return turn_.counters.commit_queue_bytes == 0; }
  void describe(std::string& text, std::size_t bytes_max) const;

 private:
  RoomHome* find(RoomId room);
  template <class Call>
  RoomHome* find(const Call& call) {
    RoomHome* home = find(call.room);
    return home != nullptr && home->fence == call.fence ? home : nullptr;
  }
  RoomHome& find_or_load(RoomId room);
  HomeWork& work(RoomHome& home);
  void load(RoomHome& home);
  void forget(RoomHome& home);
  void let_go(RoomHome& home);
  void fenced(RoomHome& home);
  bool knows(const RoomHome& home, UserId user) const;
  ports::JoinedRoom join(RoomHome& home, ShardId shard, UserId user);
  void answer_joins(RoomHome& home, ports::AskStatus status);

  // room_commits.cpp
  void answer(const Origin& origin, const wire::SendResult& result);
  void refuse_in_flight(RoomHome& home);
  void refuse_queue(RoomHome& home, wire::SendStatus status);
  bool answer_repeat(RoomHome& home, const ports::ForwardSend& forward, const Origin& origin);
  void next_work(RoomHome& home);
  void commit(RoomHome& home);
  void submit(RoomHome& home, ports::CommitBatch&& batch);
  void repeat(RoomHome& home);
  void repeat_later(RoomHome& home, ports::CommitBatch&& batch, ports::StoreStatus status);
  void settle_rows(RoomHome& home, ports::Committed& done);
  void read_missing(RoomHome& home);
  bool show_missing(RoomHome& home, ports::PageRead&& page);
  void raise(RoomHome& home);
  void retry_later(const RoomHome& home);
  void release(HomeWork& work, std::size_t bytes);

  // room_publish.cpp
  void append(RoomHome& home, const wire::Event& event);
  void publish(RoomHome& home, std::vector<wire::Event>&& events);
  void tell_epoch(RoomHome& home);
  void tell_head(RoomHome& home);
  void forget_tail(RoomHome& home);
  void note_membership(RoomId room, UserId user);
  struct Concerned {
    std::vector<UserId> changed;  // as members: what this does to their items is seen with their rooms
    std::vector<UserId> called;   // or invited
  };
  static Concerned concerned_by(std::span<const wire::Event> events);
  void note(RoomId room, const Concerned& users);
  void note_again(RoomId room, std::span<const wire::Event> events);
  void touch(RoomHome& home);

  struct Retry {
    RoomId room;
    ViewId fence;  // of a home that has let go meanwhile: not for the next one
    Instant at;
  };
  struct Noted {
    RoomId room;
    Concerned users;
  };

  Turn& turn_;
  Links& links_;
  StoreCalls& store_;
  SharedTails& tails_;
  Slab<RoomHome> homes_;
  FlatIndex index_;
  FlatIndex raised_;  // rooms whose epoch a dispute has raised since the start
  std::vector<Retry> retries_;
  std::vector<RoomId> held_;  // until the view is settled
  std::deque<Noted> noted_again_;
  std::vector<RoomId> active_;  // for the digest
  std::size_t tail_bytes_ = 0;
  std::uint32_t sweep_at_ = 0;
};

}  // namespace starling::core
