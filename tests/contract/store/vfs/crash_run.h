// Rooms, devices, sends and accounts against the real store, through power losses. After each, the log that is left is held
// against everything that was acknowledged, by the checkers of every other run.
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "common/base/rng.h"
#include "loadsim/check/send_watch.h"
#include "loadsim/check/violation.h"
#include "server/ports/store.h"
#include "server/store/sqlite/store.h"
#include "tests/contract/store/subject.h"
#include "tests/contract/store/vfs/account_story.h"

namespace starling::contract {

/// What one device sent to one room, kept as a client keeps it.
class Producer {
 public:
  Producer(RoomId room, UserId user, DeviceId device) : room_(room), user_(user), device_(device) {}

  RoomId room() const { return room_; }
  UserId user() const { return user_; }
  DeviceId device() const { return device_; }
  const check::SendWatch& watch() const { return watch_; }

  /// What awaits an answer, as it was sent the first time, then up to `fresh` new ones.
  void append_rows(std::vector<ports::CommitRow>& rows, std::uint64_t fresh, Rng& rng);
  /// An acknowledged row once more, when there is one.
  void append_old(std::vector<ports::CommitRow>& rows, Rng& rng) const;
  /// Empty, or what is wrong with the answer.
  std::string answered(const ports::CommitRow& row, const ports::CommitRowResult& result);

 private:
  struct Acked {
    ports::CommitRow row;
    Seq seq;
  };

  ports::CommitRow draw_row(Rng& rng);

  RoomId room_;
  UserId user_;
  DeviceId device_;
  Cseq next_{1};
  std::deque<ports::CommitRow> outstanding_;
  std::vector<Acked> acked_;
  check::SendWatch watch_;
};

class CrashRun {
 public:
  explicit CrashRun(std::uint64_t seed);

  /// Works until the power fails, at a moment drawn from the seed; then checks what is left and starts from it.
  void live_and_die();
  const check::Violations& violations() const { return violations_; }
  /// Rows, each once.
  std::uint64_t acked() const;
  /// Changes of accounts.
  std::uint64_t accounts_acked() const { return accounts_.acked(); }
  /// Answers that a row had been committed before.
  std::uint64_t repeated() const { return repeated_; }

 private:
  /// Completions on their way from the store's threads; what arrives after the loss was never received.
  struct Inbox {
    std::mutex mutex;
    std::vector<ports::StoreCompletion> completions;
    bool closed = false;
  };

  void work(store::Store& store, Inbox& inbox);
  ports::CommitBatch next_batch(RoomId room);
  void receive(const ports::StoreCompletion& completion);
  void receive(const ports::Committed& committed, ports::StoreStatus status);
  void check_what_is_left(const std::string& folder);
  void wrong(RoomId room, std::string text);

  Rng rng_;
  TempDir dir_;
  std::uint64_t lives_ = 0;
  std::vector<Producer> producers_;
  AccountStory accounts_;
  std::map<RoomId, bool> under_way_;
  check::Violations violations_;
  std::uint64_t repeated_ = 0;
  std::uint64_t next_op_ = 1;
};

}  // namespace starling::contract
