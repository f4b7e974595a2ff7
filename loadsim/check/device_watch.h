// Watches one device: what its engine shows, what it asks and what it is told. Both worlds feed it the engine's outputs,
// so the same checks run in the simulator and under real load.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "common/client/output.h"
#include "loadsim/check/event_names.h"
#include "loadsim/check/room_watch.h"
#include "loadsim/check/send_watch.h"
#include "loadsim/check/state_fold.h"
#include "loadsim/check/violation.h"

namespace starling::check {

/// A room of a watched device.
struct WatchedRoom {
  RoomId room;
  RoomWatch seen;
  SendWatch sent;               // in the history that the log has now
  SendWatch settled;            // under the numbers that the device has, whichever history answered
  Seq read_seq;                 // the highest read marker told in this boot of the server
  bool everything_seen = true;  // false: heads only, so the cursor says nothing
  bool compared = true;         // false: a file was copied back, and the server was not told since what is held here
  std::unique_ptr<StateFold> state;  // a sample only

  /// Has all that the device minted, up to `last`, its final answer? Until a device is told that the log was put back it keeps
  /// its numbers, and what was answered before is not answered again.
  bool all_answered(Cseq last) const { return sent.answered_to() == last || settled.answered_to() == last; }
};

/// Owner: one thread, the engine's.
class DeviceWatch {
 public:
  struct Who {
    std::uint32_t run = 0;  // of the stamps; 0: bodies are not stamped
    UserId user;
    DeviceId device;
    bool sampled = false;  // keeps the rooms' state for G10
  };
  /// `nodes`: of the server. With several the one that holds a marker may die without the one that the device is connected to,
  /// so markers are compared within a connection, and those of others within a look: while the room is shown.
  DeviceWatch(Who who, EventNames& names, Violations& violations, std::uint32_t nodes = 1)
      : who_(who), names_(&names), violations_(&violations), nodes_(nodes) {}

  /// Before the driver carries the output out.
  void on_output(const client::Output& out);
  /// The device restarts with this as the durable cursor of a room. Call for every room it had.
  void on_restart(RoomId room, const RoomWatch& stored);
  /// The operator put an older log in place, whose counter for this device stands before `next`: what was answered
  /// before is not compared with it.
  void lost_by_policy(RoomId room, Cseq next);
  /// That raised no epoch: only a device that says how much it holds can learn of it.
  void file_copied_back();
  /// Two machines use this device id (a clone): what they are told cannot be added up.
  void cloned() { cloned_ = true; }

  UserId user() const { return who_.user; }
  DeviceId device() const { return who_.device; }
  bool is_cloned() const { return cloned_; }
  /// Answers to sends that another history of the log has never given.
  std::uint64_t rolled_back() const { return rolled_back_; }
  const std::vector<WatchedRoom>& rooms() const { return rooms_; }
  const WatchedRoom* find(RoomId room) const;

 private:
  struct AskedPage {
    std::uint32_t request_id = 0;
    Seq from;
    bool backward = false;
    Seq floor;
    Epoch epoch;  // in which the floor means something
  };
  /// At the receipts of a room, on this connection.
  struct Looks {
    bool shown = false;
    std::uint32_t overtaken = 0;  // ended, and what was told in them may still be on its way in the next
  };

  void on(const client::Applied& notice);
  void on(const client::Settled& notice);
  void on(const client::Renumbered& notice);
  void on(const client::RoomReset& notice);
  void on(const client::RoomSynced& notice);
  void on(const client::HeadMoved& notice);
  void on(const client::RoomsListed&) {}
  void on(const client::RoomChanged&) {}
  void on(const client::PageRead& notice);
  void on(const client::ReadMarked& notice);
  void on(const client::Welcomed& notice);
  void on(const client::StateChanged& notice);
  void on(const client::RoomLeft&) {}
  void on(const client::RoomMade&) {}
  void on(const client::RoomJoined&) {}
  void on(const client::ItemsChanged&) {}
  void on(const client::ItemPut&) {}
  void on(const client::PageFailed&) {}
  void on(const client::Typing&) {}
  void on(const client::ServerError&) {}
  void on(const client::Fatal&) {}
  void on(const client::Held&) {}
  void on(const client::PresenceSeen&) {}
  void on(const client::ReceiptsSeen& notice);

  void asked(const wire::ClientFrame& frame);
  void check_body(const wire::Event& event);
  void check_page(const AskedPage& asked, const wire::HistoryPage& page);
  void check_name(const wire::Event& event, std::uint64_t digest_of_event);
  void check_mark(WatchedRoom& room, Seq seq);
  bool begins_next_look(const wire::Receipts& receipts);
  WatchedRoom& room(RoomId id);
  void begin_again(WatchedRoom& room, Cseq next);
  void violated(Guarantee guarantee, RoomId room, Seq seq, std::string text);

  Who who_;
  EventNames* names_;
  Violations* violations_;
  std::vector<WatchedRoom> rooms_;  // by id
  std::vector<AskedPage> pages_;
  RoomId renumbering_;  // the room whose Renumbered notices are being read
  std::uint32_t nodes_;
  std::uint64_t boot_ = 0;
  std::uint64_t rolled_back_ = 0;
  std::map<std::pair<RoomId, UserId>, wire::MemberReceipt> receipts_;  // the highest told in this boot
  std::map<RoomId, Looks> looks_;                                      // with several nodes
  bool cloned_ = false;
  bool file_copied_back_ = false;
};

}  // namespace starling::check
