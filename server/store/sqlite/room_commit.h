// A batch for one room, inside the writer's transaction: the rules of a commit as server/ports/store.h states them.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <vector>

#include "server/ports/item_rules.h"
#include "server/ports/store.h"
#include "server/store/sqlite/event_rows.h"
#include "server/store/sqlite/item_rows.h"
#include "server/store/sqlite/member_rows.h"
#include "server/store/sqlite/sqlite.h"

namespace starling::store {

/// Owner: the writer's thread.
class RoomCommit {
 public:
  explicit RoomCommit(Connection& connection);

  /// Everything but `batch`, which stays with the caller. Errors are thrown, and the transaction is the caller's to undo.
  /// `careful`: under savepoints; a row that SQLite refuses is found by bisection and rejected alone.
  ports::Committed run(const ports::CommitBatch& batch, bool careful = false);
  /// Rows rejected because SQLite refused them.
  std::uint64_t refused() const { return refused_; }

 private:
  struct Room {
    bool exists = false;
    wire::RoomKind kind = wire::RoomKind::Group;
    bool is_public = false;
    bool history_joined = false;
    Epoch epoch;
    Seq head;
    std::uint64_t msg_no = 0;
    Seq min_seq;
    WallTime last_ts;
  };
  struct Counter {
    DeviceId device;
    Cseq last;
    Cseq stored;  // 0: there is no row of it
  };
  struct KnownStanding {
    UserId user;
    ports::Standing standing;
  };
  using BatchRows = std::span<const ports::CommitRow>;
  using Results = std::span<ports::CommitRowResult>;

  Room load(RoomId room);
  void commit_rows(RoomId room, WallTime now, BatchRows rows, Results results);
  void commit_carefully(RoomId room, WallTime now, BatchRows rows, Results results);
  void reject(RoomId room, const ports::CommitRow& row, ports::CommitRowResult& result);
  void write_back(RoomId room, Seq head_before);

  ports::CommitRowResult commit_row(RoomId room, WallTime now, const ports::CommitRow& row);
  ports::CommitRowResult append(const ports::Permit& permit, RoomId room, WallTime now, const ports::CommitRow& row);
  void apply(RoomId room, const ports::CommitRow& row);
  void apply_to_subject(RoomId room, const ports::CommitRow& row);
  void call(RoomId room, const ports::CommitRow& row);
  void change(const ports::ItemChange& change);
  ports::CommitRowResult commit_of_server(RoomId room, WallTime now, const ports::CommitRow& row);
  std::optional<ports::Permit> authorize(const ports::CommitRow& row, const ports::Target& target, RoomId room);
  bool blocked(RoomId room, UserId user);
  /// It would make somebody a member who is in as many rooms as may be.
  bool too_many_rooms(RoomId room, const ports::CommitRow& row);
  Counter& counter(RoomId room, const ports::CommitRow& row);
  ports::Standing& standing(RoomId room, UserId user);

  Connection* connection_;
  SavepointStatements savepoints_;
  EventRows events_;
  MemberRows members_;
  ItemRows items_;
  Statement load_;
  Statement move_head_;
  Statement blocked_;
  Statement title_;
  Statement rename_;
  Statement retopic_;
  Statement publish_;
  Statement hide_history_;
  Statement pin_;
  Statement unpin_;
  Statement counter_;
  Statement count_next_;
  Statement move_counter_;
  Statement new_counter_;

  // Of the batch under way; forgotten when its savepoint is undone.
  std::uint32_t rooms_per_user_max_ = 0;
  Room room_;
  std::vector<Counter> counters_;
  std::vector<KnownStanding> standings_;
  std::uint64_t refused_ = 0;
};

}  // namespace starling::store
