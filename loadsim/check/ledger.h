// The log as the store holds it: the reference that what users saw is compared with. The simulator reads it from its
// store model, a real run from a dump of the database.
#pragma once

#include <cstdint>
#include <vector>

#include "common/base/ids.h"
#include "common/wire/event.h"

namespace starling::check {

/// An event without its body.
struct LedgerEvent {
  Seq seq;
  Epoch epoch;  // it was committed in
  wire::EventKind kind = wire::EventKind::Message;
  UserId sender;
  DeviceId device;
  Cseq cseq;
  ClientMsgId client_msg_id;
  Seq target;
  UserId subject;
  wire::Role role = wire::Role::None;
  std::uint64_t msg_no = 0;
  std::uint64_t body_hash = 0;  // erased_hash where a deletion erased the body
};
LedgerEvent ledger_event(const wire::Event& event);

/// What the chains add up: a digest of everything of an event that all must see alike.
std::uint64_t digest(const LedgerEvent& event);

/// A counter that the log keeps per producer and never forgets.
struct LedgerDevice {
  DeviceId device;
  Cseq last_cseq;
  bool may_repeat = false;  // cloned, and the log was put back: what both had waiting may be there twice
};

struct LedgerRoom {
  RoomId room;
  Epoch epoch;
  Seq head;
  Seq min_seq{1};                     // retention has cut below
  std::vector<LedgerEvent> events;    // [min_seq, head]
  std::vector<LedgerDevice> devices;  // by device ascending
};

class Ledger {
 public:
  virtual ~Ledger() = default;
  /// The next room, in any order, each once; false at the end.
  virtual bool next(LedgerRoom& room) = 0;
};

}  // namespace starling::check
