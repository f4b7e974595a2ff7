// Whom this shard's sessions watch. A user is watched once for all sessions that see it; its home is asked to tell this
// shard, and what it tells is passed on to each session in one frame a second at most. Memory is proportional to the
// watches: a session without any has none. Whatever got lost is told again: questions are repeated until they are
// answered, watches are renewed with the versions known here, and a loss on a link has its home asked at once.
#pragma once

#include <array>
#include <cstdint>
#include <deque>
#include <span>
#include <utility>
#include <vector>

#include "server/core/flat_index.h"
#include "server/core/links.h"
#include "server/core/session_table.h"
#include "server/core/slab.h"

namespace starling::core {

/// A session that sees a user, in so many of the rooms that it shows.
struct Watcher {
  std::uint32_t session = 0;
  std::uint32_t views = 0;
};

/// A user that sessions of this shard see.
struct WatchedUser {
  UserId id;
  std::uint64_t version = 0;  // 0: its home has not told yet
  WallTime last_seen;
  wire::PresenceState state = wire::PresenceState::Offline;
  bool listed = false;            // among those that have changed
  std::vector<Watcher> watchers;  // by session
};

/// The sessions that show a room.
struct WatchedRoom {
  RoomId id;
  std::vector<std::uint32_t> sessions;    // ascending
  std::vector<wire::MemberReceipt> told;  // the highest marks, by user
};

class PresenceWatch {
 public:
  PresenceWatch(Turn& turn, Links& links, SessionTable& sessions);
  PresenceWatch(const PresenceWatch&) = delete;
  PresenceWatch& operator=(const PresenceWatch&) = delete;

  // ---- from sessions
  void watch(std::uint32_t session, wire::Watch&& frame);
  void set_away(std::uint32_t session, bool away);
  void end(std::uint32_t session);

  // ---- from homes
  void on(ports::VisibleUsers&& answer);
  void on(ShardId from, const ports::PresenceTold& told);
  void on(ports::ReceiptsTold& told);
  void joined(std::span<const ports::JoinedRoom> rooms);
  /// Who is removed is seen no more, and sees nobody any more.
  void members_changed(RoomId room, std::span<const wire::Event> events);
  /// Something that the shard said was lost.
  void suspect(ShardId home);
  /// Of users whose home is another process now, versions are no later ones than those known here.
  void view_changed(const ports::View& before);
  /// The user's home knows nothing of the session but that it is there.
  void attached_anew(std::uint32_t session);

  // ---- chores
  /// Tells the sessions what is new.
  void flush();
  /// Repeats what has not been answered, and renews what is due.
  void ask_again();

 private:
  /// A view whose answer is waited for, or is to be renewed.
  struct Due {
    ConnId conn;
    RoomId room;
    std::uint32_t number = 0;
    Instant at{};
  };
  /// The watches of the users of one home.
  struct Lease {
    ports::RequestId asked = 0;  // 0: nothing is waited for
    std::uint32_t parts = 0;     // of it that are not answered
    bool due = false;
    Instant asked_at{};
  };
  using Seen = std::pair<std::uint32_t, std::uint32_t>;  // session, slot of the user

  // presence_views.cpp
  SessionWatches* watches_of(std::uint32_t session);
  WatchView* find_view(ConnId conn, RoomId room);
  void refuse(std::uint32_t session, RoomId room, const char* why);
  void drop_view(std::uint32_t session, SessionWatches& watches, RoomId room);
  void shrink_watches(std::uint32_t session);
  void show(std::uint32_t session, WatchView& view, std::vector<UserId> visible);
  ports::VisibleAsk question(std::uint32_t session, WatchView& view);
  void ask(std::uint32_t session, WatchView& view);
  void ask_views();
  void enter_room(RoomId room, std::uint32_t session);
  void leave_room(RoomId room, std::uint32_t session);
  void tell_receipts(std::uint32_t session, WatchView& view, const wire::Receipts& receipts);
  void ask_later(std::uint32_t session, WatchView& view, Instant at);
  void suspect_receipts(ShardId home);
  void keep_highest(WatchedRoom& room, wire::Receipts& receipts);
  bool tell_away(std::uint32_t session, SessionWatches& watches);
  void tell_late();

  // presence_watch.cpp
  void add_watcher(std::uint32_t session, UserId user);
  void remove_watcher(std::uint32_t session, UserId user);
  void forget(std::uint32_t slot);
  void ask_states(const std::vector<UserId>& users);
  void ask_unknown();
  void renew();
  void renew_at(ShardId home);
  void arm_asking(Instant at) { turn_.schedule.arm(Chore::PresenceAsk, at); }
  void arm_out();
  void send(std::uint32_t session, std::span<const Seen> seen);

  Turn& turn_;
  Links& links_;
  SessionTable& sessions_;
  Slab<WatchedUser> users_;
  FlatIndex index_;
  Slab<WatchedRoom> rooms_;
  FlatIndex room_index_;
  std::vector<UserId> changed_;                   // whose watchers are to be told
  std::vector<std::pair<ConnId, UserId>> fresh_;  // sessions that see a user anew
  std::vector<UserId> unknown_;                   // asked for, and not told yet
  std::vector<Due> unanswered_;                   // views
  std::deque<Due> renewals_;                      // views, by time: each waits as long
  std::vector<ConnId> late_;                      // whose away is to be told
  std::array<Lease, ports::kShardsMax> leases_;   // by shard
  Instant renew_at_ = kNever;
  Instant flushed_at_{};
  std::uint32_t numbers_ = 0;
  std::uint64_t requests_ = 0;
};

}  // namespace starling::core
