// The cache's file and all its statements. Everything throws SqliteError: the cache's thread is the edge.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "client-qt/cache/ops.h"
#include "client-qt/cache/rows.h"
#include "common/sqlite/sqlite.h"

namespace starling::qt {

/// Owner: the cache's thread. The file is its alone: another program that opens it is told that it is locked.
class Store {
 public:
  explicit Store(const std::string& path);

  Snapshot snapshot();
  /// All of them in one durable transaction; nothing of them when it throws.
  void apply(const std::vector<Batch>& batches);

  // ---- the log
  /// The run of at most `limit` events that ends before `below` (0: at the cursor). What lies below a hole is given only
  /// when the hole has been closed: its messages may have been edited by events that are not here.
  LogSlice older(RoomId room, Seq below, std::uint32_t limit);
  /// The run that begins after `above`.
  LogSlice newer(RoomId room, Seq above, std::uint32_t limit);
  /// The root, what was said in its thread, and what became of all that.
  LogSlice thread(RoomId room, Seq root, std::uint32_t limit);
  std::optional<wire::Event> event(RoomId room, Seq seq);
  /// The message as it reads now; nothing when it is not cached.
  std::optional<Preview> message(RoomId room, Seq seq);
  /// Events that say who joined and left, ascending.
  std::vector<wire::Event> member_events(RoomId room);
  /// True when the log holds the message, so that it needs no sending again.
  bool holds(RoomId room, UserId sender, ClientMsgId client_msg_id, Seq after);
  std::uint32_t unread_mentions(RoomId room);

  // ---- rows
  std::map<std::string, std::string> account();
  DraftRow draft(RoomId room);

 private:
  void run(const StoreEvent& op);
  void run(const StoreRoom& op);
  void run(const StoreOutboxPut& op);
  void run(const StoreOutboxRemove& op);
  void run(const StoreRoomsVersion& op);
  void run(const StoreRoomInfo& op);
  void run(const StoreMarks& op);
  void run(const StoreJump& op);
  void run(const StorePage& op);
  void run(const DropOrphan& op);
  void run(const StoreOrphan& op);
  void run(const ForsakeDevice& op);
  void run(const StoreRefused& op);
  void run(const DismissRefused& op);
  void run(const StoreAccount& op);
  void run(const StoreDraft& op);
  void run(const StoreProfile& op);
  void run(const StorePeer& op);
  void run(const StoreItems& op);
  void run(const StoreItem& op);
  void run(const OfferDraft& op);

  void put_event(const wire::Event& event);
  void put_state(const client::RoomState& state);
  void put_outbox(const wire::Send& send, WallTime queued, bool orphan);
  Seq contiguous_from(RoomId room);
  void set_contiguous_from(RoomId room, Seq seq);
  std::vector<wire::Event> related(RoomId room, Seq first, Seq last);
  Preview last_message(RoomId room);
  std::vector<RoomRow> rooms();
  std::vector<OutboxRow> outbox();
  std::vector<RefusedRow> refused();
  std::vector<ProfileRow> profiles();
  std::vector<ItemRow> items();
  sqlite::Statement prepare(std::string_view sql) { return sqlite::Statement(connection_, sql); }

  sqlite::Connection connection_;
  UserId user_;  // whose mentions are noted
  struct Hot {
    explicit Hot(sqlite::Connection& connection);
    sqlite::Statement put_event;
    sqlite::Statement put_state;
    sqlite::Statement put_mention;
    sqlite::Statement grow_run;
  };
  std::optional<Hot> hot_;
};

}  // namespace starling::qt
