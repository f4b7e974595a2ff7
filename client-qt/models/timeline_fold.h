// A window of a room's log as messages: edits, deletions and reactions folded into what they are about.
#pragma once

#include <QString>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "common/wire/event.h"

namespace starling::qt {

struct Reaction {
  std::string emoji;
  std::vector<UserId> users;  // in the order in which they came
};

struct TimelineRow {
  wire::Event event;  // as it was logged
  std::string text;   // as it reads now
  Seq edited_by;      // the newest edit; 0: none
  bool deleted = false;
  bool pinned = false;
  std::vector<Reaction> reactions;
  std::uint32_t thread_count = 0;
  WallTime thread_last;
  mutable QString html;  // rendered when it is first looked at

  bool system() const { return event.kind != wire::EventKind::Message; }
};

/// No I/O, no clock. Either the whole room, without what was said in threads, or one thread with its root.
class TimelineFold {
 public:
  explicit TimelineFold(Seq thread = {}) : thread_(thread) {}

  struct Change {
    enum Kind : std::uint8_t { None, Added, Changed };
    Kind kind = None;
    std::size_t row = 0;
  };

  /// The event behind the newest one held.
  Change append(const wire::Event& event);
  /// A change to a message that is held, from behind the newest one held: it may come again.
  Change amend(const wire::Event& event);
  /// A run right behind the newest held, or right before the oldest, with later changes to its messages. Returns how many
  /// rows came; `changed` is told of older ones that the run changes.
  std::size_t append_run(const std::vector<wire::Event>& events, const std::vector<wire::Event>& related);
  std::size_t prepend_run(const std::vector<wire::Event>& events, const std::vector<wire::Event>& related);
  /// Forgets rows at an end, and the log behind them.
  void drop_front(std::size_t rows);
  void drop_back(std::size_t rows);
  void clear();

  const std::vector<TimelineRow>& rows() const { return rows_; }
  std::vector<TimelineRow>& rows() { return rows_; }
  static constexpr std::size_t kNone = SIZE_MAX;
  std::size_t find(Seq seq) const;
  /// The log from first() to last() is held; 0: nothing.
  Seq first() const { return first_; }
  Seq last() const { return last_; }
  bool empty() const { return !last_; }

 private:
  struct Thread {
    std::uint32_t count = 0;
    WallTime last;
    Seq last_seq;
  };

  bool shows(const wire::Event& event) const;
  TimelineRow row_of(const wire::Event& event) const;
  void count_reply(const wire::Event& event, bool newest);
  /// Rows of the run, with every change to them applied.
  std::vector<TimelineRow> fold_run(const std::vector<wire::Event>& events, const std::vector<wire::Event>& related);

  Seq thread_;
  std::vector<TimelineRow> rows_;
  std::map<Seq, Thread> threads_;  // by root, of the replies within the window
  Seq first_;
  Seq last_;
};

/// An edit, a deletion or a reaction.
bool is_change(wire::EventKind kind);
/// What the event does to a message; false when it is nothing.
bool apply_change(TimelineRow& row, const wire::Event& event);

}  // namespace starling::qt
