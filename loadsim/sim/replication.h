// What a database server has committed, in order, and how far each part of the system has come in it: what readers see on
// the primary, what the synchronous standby has confirmed, what the asynchronous one has got. All are prefixes of one log.
#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <variant>

#include "loadsim/sim/database.h"

namespace starling::sim {

struct Write {
  ports::StoreRequest request;
  std::optional<BeforeLock> found;  // planted bugs M3 and M11
  Instant at{};                     // the server's clock
};
/// Retention's transaction.
struct Cut {
  RoomId room;
  Seq min_seq;
};
using Change = std::variant<Write, Cut>;

/// A place in the write-ahead log: so many changes.
using Lsn = std::uint64_t;

class Replication {
 public:
  explicit Replication(Database& primary) : primary_(&primary) { start_over(), make_anew(); }

  /// The primary's disk holds it. Readers do not see it yet.
  Lsn flush(Change change);
  /// The next change that readers do not see becomes visible to them.
  ports::StoreResult show_next();
  void synchronous_gets(Lsn to) { catch_up(synchronous_, to); }
  void asynchronous_gets(Lsn to) { catch_up(asynchronous_, to); }

  Lsn flushed() const { return flushed_; }
  Lsn visible() const { return visible_; }
  Lsn confirmed() const { return synchronous_.at; }
  const Database& asynchronous() const { return asynchronous_.copy; }

  /// What a standby has, for who reads it.
  struct View {
    const Database& log;
    Lsn at;
    bool follows;  // the primary; else it has the log of an earlier one, and perhaps what never was
  };
  View synchronous_view() const { return {synchronous_.copy, synchronous_.at, true}; }
  /// Until it is made anew, the asynchronous standby has what it had before the primary was replaced.
  View asynchronous_view() const {
    return left_behind_ ? View{left_behind_->copy, left_behind_->at, false}
                        : View{asynchronous_.copy, asynchronous_.at, true};
  }
  void make_anew() { left_behind_.reset(); }

  /// The synchronous standby becomes the primary: what it lacks never was.
  void promote();
  /// The primary's database is where all begins: what was on its way to be visible is gone.
  void start_over();

 private:
  struct Standby {
    Database copy;
    Lsn at = 0;
  };
  const Change& change(Lsn lsn) const { return log_[lsn - 1 - trimmed_]; }
  void catch_up(Standby& standby, Lsn to);

  Database* primary_;
  std::deque<Change> log_;  // (trimmed_, flushed_]
  Lsn trimmed_ = 0;
  Lsn flushed_ = 0;
  Lsn visible_ = 0;
  Standby synchronous_;
  Standby asynchronous_;
  std::optional<Standby> left_behind_;
};

}  // namespace starling::sim
