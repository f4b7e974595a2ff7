// The rooms that this shard's sessions are in. An event is delivered only if it is the next one; whoever cannot take it
// now is caught up from the log later. A shard registers with a room's home first and reads history then, so nothing
// falls between.
#pragma once

#include <array>
#include <cstdint>
#include <deque>
#include <string>
#include <vector>

#include "common/base/probe.h"
#include "server/core/flat_index.h"
#include "server/core/links.h"
#include "server/core/pages.h"
#include "server/core/room_local.h"
#include "server/core/session_table.h"
#include "server/core/shared_tails.h"
#include "server/core/slab.h"
#include "server/core/store_calls.h"

namespace starling::core {

class RoomLocals {
 public:
  RoomLocals(Turn& turn, Links& links, StoreCalls& store, SharedTails& tails, SessionTable& sessions, Pages& pages)
      : turn_(turn), links_(links), store_(store), tails_(tails), sessions_(sessions), pages_(pages) {}
  RoomLocals(const RoomLocals&) = delete;
  RoomLocals& operator=(const RoomLocals&) = delete;

  // ---- from sessions
  void sync(std::uint32_t session, wire::Sync&& frame);
  void delivered(std::uint32_t session, const wire::Delivered& frame);
  void history(std::uint32_t session, const wire::HistoryRequest& request);
  /// Its outbox has come down: on with what it lacks.
  void resume(std::uint32_t session);
  void leave_all(std::uint32_t session);
  /// The room, if the session's user is known to be a member.
  const RoomLocal* room_of(std::uint32_t session, RoomId room);

  // ---- from homes
  void on(ports::JoinedRooms&& joined);
  void on(ports::EventsPublished&& published);
  void on(ports::EventsFetched&& fetched);
  void on(ShardId from, const ports::HeadDigest& digest);
  void on(const ports::EpochNotice& notice);
  void on(const ports::TypingRelayed& typing);
  /// Something that the shard said was lost.
  void suspect(ShardId home);
  /// Rooms whose home is another process now register with it.
  void view_changed(const ports::View& before);

  // ---- from the directory
  void on(ports::TailRead&& read);

  // ---- from the store
  void page_read(const PageCall& call, ports::StoreCompletion&& done);
  void gap_read(RoomId room, ports::StoreCompletion&& done);
  void verified(const VerifyCall& call, const ports::StoreCompletion& done);
  void device_read(const DeviceCall& call, const ports::StoreCompletion& done);
  void history_read(const HistoryCall& call, ports::StoreCompletion&& done);

  // ---- chores
  void flush_heads();
  void register_moved();
  void retry();
  void resend();
  void sweep(std::uint32_t slots);
  void describe(std::string& text, std::size_t bytes_max) const;

 private:
  // room_locals.cpp
  RoomLocal* find(RoomId room);
  std::uint32_t find_or_add(RoomId room);
  std::uint32_t slot_of(const RoomLocal& local) const { return *index_.find(local.id.value); }
  LocalExtras& extras(RoomLocal& local);
  void forget(RoomLocal& local);
  Membership* membership(std::uint32_t session, std::uint32_t slot);
  Membership& membership(std::uint32_t session, const RoomLocal& local) { return *membership(session, slot_of(local)); }
  bool is_member(const RoomLocal& local, std::uint32_t session, const Membership& m) const;
  void ask_home(UserId user, const std::vector<RoomId>& rooms);
  void unsubscribe(RoomLocal& local, std::uint32_t session, const Membership& m);
  void end_membership(RoomLocal& local, std::uint32_t session);
  void remove_user(RoomLocal& local, UserId user, Seq seq);
  void be_quiet(RoomLocal& local, std::uint32_t session, wire::SyncMode mode);
  void note_visible(RoomLocal& local, UserId user, Seq from);
  void joined(RoomLocal& local, UserId user);
  void not_joined(RoomLocal& local, UserId user, ports::AskStatus status);

  // room_delivery.cpp
  void deliver(RoomLocal& local, wire::Event&& event);
  bool fall_behind(RoomLocal& local, std::size_t at, Seq seq);
  void heads_moved(RoomLocal& local);

  // room_sync.cpp
  void begin(RoomLocal& local);
  void put_off(std::uint32_t session, RoomId room, std::uint32_t retry_after_ms);
  bool advance(RoomLocal& local, PendingSync& sync);
  bool judge(RoomLocal& local, PendingSync& sync);
  bool verify(RoomLocal& local, PendingSync& sync);
  void read_head(RoomLocal& local);
  bool dispute(RoomLocal& local, PendingSync& sync);
  bool reset(RoomLocal& local, PendingSync& sync, wire::ResetReason reason);
  bool open_window(RoomLocal& local, PendingSync& sync);
  void read_device(RoomLocal& local, PendingSync& sync);
  std::optional<PrefixHash> hash_at(const RoomLocal& local, Seq seq);
  void attach(RoomLocal& local, std::uint32_t session, Seq from);
  bool unavailable(RoomLocal& local, const PendingSync& sync);
  wire::SyncedRoom answer_for(const RoomLocal& local, std::uint32_t session, wire::SyncStatus status);
  void answer(std::uint32_t session, wire::SyncedRoom&& room);
  void flush_answers();
  void epoch_rose(RoomLocal& local, const ports::RoomPosition& at);

  // room_catch_up.cpp
  enum class Pumped : std::uint8_t { Stays, Gone };
  void settle(RoomLocal& local);
  Pumped pump(RoomLocal& local, CatchUp& c);
  void resume(RoomLocal& local, std::uint32_t session);
  void restart_truncated(RoomLocal& local);
  void reads_failed(RoomLocal& local);

  // room_repair.cpp
  bool may_be_behind(const RoomLocal& local) const;
  void told_head(RoomLocal& local, Seq head);
  void fetch(RoomLocal& local);
  void ask_for_gap(RoomLocal& local);
  void look_elsewhere(RoomLocal& local, const ports::EventsFetched& fetched);
  void read_gap(RoomLocal& local);
  void take_gap(RoomLocal& local, ports::StoreCompletion&& done);
  bool mend(RoomLocal& local, std::vector<wire::Event>& events, Probe from);
  void mended(RoomLocal& local);
  void skip_cut(RoomLocal& local, const ports::PageRead& page);
  void ask_heads(ShardId home);
  void ask_heads(ShardId home, std::vector<RoomId>&& rooms);
  void ask_again_elsewhere(RoomLocal& local, bool was_here);
  void learn_epoch(RoomLocal& local);

  // room_history.cpp
  void outdate_history(RoomLocal& local);
  bool is_in_doubt(const RoomLocal& local) const;
  void start_history(RoomLocal& local, std::uint32_t session, const wire::HistoryRequest& request);
  void serve_history(RoomLocal& local, const HistoryRead& ended, ports::PageRead&& read);
  void refuse_history(std::uint32_t session, const wire::HistoryRequest& request, wire::SyncStatus status,
                      std::uint32_t retry_after_ms = 0);
  void end_history(std::uint32_t session, const wire::HistoryRequest& request, wire::SyncStatus status);

  /// After a loss on the link from a home.
  struct Suspicion {
    std::vector<ports::RequestId> asked;  // and not answered yet
    bool again = false;                   // something was lost since
  };

  Turn& turn_;
  Links& links_;
  StoreCalls& store_;
  SharedTails& tails_;
  SessionTable& sessions_;
  Pages& pages_;
  Slab<RoomLocal> locals_;
  FlatIndex index_;
  std::vector<RoomId> heads_dirty_;
  std::vector<RoomId> retries_;
  std::vector<RoomId> waiting_;                          // for another shard's answer
  std::array<Suspicion, ports::kShardsMax> suspicions_;  // by shard
  std::vector<RoomId> moved_;                            // to another home
  std::deque<RoomId> gaps_;                              // wait for their turn to be read
  std::uint32_t gap_reads_ = 0;                          // under way
  std::vector<wire::SyncedRoom> answers_;
  std::uint32_t answers_to_ = 0;
  std::uint32_t reads_ = 0;
  std::uint32_t sweep_at_ = 0;
};

}  // namespace starling::core
