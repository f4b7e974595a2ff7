// The one thread that writes. All that waits shares a transaction and its fsync. When SQLite refuses a statement of it, the
// transaction is done again with a savepoint for each room, so that only the row that was refused suffers for it.
#pragma once

#include <functional>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "server/store/health.h"
#include "server/store/sqlite/account_changes.h"
#include "server/store/sqlite/checkpointer.h"
#include "server/store/sqlite/counters.h"
#include "server/store/sqlite/item_rows.h"
#include "server/store/sqlite/job_queue.h"
#include "server/store/sqlite/room_commit.h"
#include "server/store/sqlite/room_create.h"
#include "server/store/sqlite/room_links.h"
#include "server/store/sqlite/room_marks.h"
#include "server/store/sqlite/sqlite.h"

namespace starling::store {

class Writer {
 public:
  using Complete = std::function<void(ShardId, ports::StoreCompletion&&)>;
  struct Shared {
    JobQueue& queue;
    Health& health;
    Counters& counters;
    Checkpointer& checkpointer;
    const Complete& complete;
    const std::function<void(std::span<const RoomId>)>& committed;  // may be empty
  };
  /// `connection` is a durable one.
  Writer(Connection& connection, std::string path, Shared shared);

  /// The thread's main: until the queue is closed and empty.
  void run();

 private:
  void serve(std::vector<Job>& jobs);
  ports::StoreStatus commit(const std::vector<Job>& jobs, std::vector<ports::StoreResult>& results);
  /// Nothing when SQLite refused a statement, which cannot happen to the `careful`.
  std::optional<ports::StoreStatus> attempt(const std::vector<Job>& jobs, std::vector<ports::StoreResult>& results,
                                            bool careful);
  ports::StoreResult execute(const ports::StoreRequest& request, bool careful);
  ports::StoreResult change_accounts(const ports::ChangeAccounts& request, bool careful);
  ports::StoreResult make_room(const ports::CreateRoom& request, bool careful);
  ports::StoreStatus status_of(const SqliteError& error, bool committing);
  void count(const std::vector<Job>& jobs, const std::vector<ports::StoreResult>& results);
  void tell_grown(const std::vector<Job>& jobs, const std::vector<ports::StoreResult>& results);
  void try_again();

  Connection* connection_;
  std::string path_;
  Shared shared_;
  Statement begin_;
  Statement end_;
  Statement trial_;
  SavepointStatements savepoints_;
  RoomCommit commits_;
  RoomCreate creates_;
  RoomMarks marks_;
  ItemRows items_;
  RoomLinks links_;
  std::vector<RoomId> grown_;
  AccountChanges accounts_;
};

}  // namespace starling::store
