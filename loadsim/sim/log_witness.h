// What only a simulator can check: every event shown, acknowledged or read is compared with the log at that very moment,
// and no answer may be older than what anybody was shown two seconds before it was asked for.
#pragma once

#include <cstdint>
#include <map>
#include <string>

#include "common/client/output.h"
#include "loadsim/sim/context.h"
#include "loadsim/sim/database.h"

namespace starling::sim {

class LogWitness {
 public:
  LogWitness(Context& context, const Database& database) : context_(&context), database_(&database) {}

  struct Viewer {
    UserId user;
    DeviceId device;
    Instant connected{};
  };
  /// G1, G2: it is in the log, as shown. G9: the user may see it.
  void shown(const Viewer& viewer, const wire::Event& event);
  /// G1: an acknowledged message is where its answer says.
  void settled(const Viewer& viewer, const client::Settled& notice);
  /// A page is a piece of the log, its hash joins, and `related` is complete.
  void page(const Viewer& viewer, const wire::HistoryPage& page);
  /// G20: nobody has got or read what is not there.
  void receipts(const Viewer& viewer, const wire::Receipts& receipts);

  /// G1: the log still has all that anybody was shown, or had acknowledged. For what replaces a database and may not lose
  /// any of it.
  void kept_everything();
  /// Somebody was shown the room up to `seq`.
  void saw(RoomId room, Epoch epoch, Seq seq);
  /// What an answer that is asked for now must show at least (G5, G6 across devices and users).
  Seq least(RoomId room, Epoch epoch) const;

  /// The operator put another file in place: what was shown before it is not compared any more.
  void lost_by_policy();

 private:
  struct Heads {
    Epoch epoch;
    Seq now;
    Seq before;       // seen before the last turn
    Seq long_before;  // at least two seconds ago
    Instant turned{};
  };

  bool comparable(const Viewer& viewer) const { return viewer.connected >= lost_at_; }
  void told(RoomId room, Seq seq);
  bool is_in_log(const Viewer& viewer, const RoomLog* log, const wire::Event& event, const char* how);
  void check_related(const Viewer& viewer, const RoomLog& log, const wire::HistoryPage& page);
  void violated(check::Guarantee guarantee, const Viewer& viewer, RoomId room, Seq seq, std::string text);

  Context* context_;
  const Database* database_;
  std::map<RoomId, Heads> heads_;
  std::map<RoomId, Seq> told_;  // the highest that was shown or acknowledged
  Instant lost_at_{};
};

}  // namespace starling::sim
