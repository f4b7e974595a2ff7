// What became of each message of a recorded run, and which of them a violation is about.
#pragma once

#include <compare>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <vector>

#include "loadsim/check/violation.h"
#include "loadsim/sim/recording.h"

namespace starling::sim {

/// By its sender's number; what the server itself says has none, and goes by its place in the log.
struct Message {
  RoomId room;
  DeviceId sender;
  Cseq cseq;
  Seq seq;  // of the server's only
  auto operator<=>(const Message&) const = default;
};

bool is_of_message(const Step& step);
Message message_of(const Step& step);
/// As the answer that the step is about says.
bool says_accepted(const Step& step);

struct Fate {
  Seq seq;
  bool committed = false;
  bool accepted = false;  // its sender was told so
  std::set<std::uint32_t> shown_to;
  Instant last{};
};

/// With the room and the device that its text names: "not at rest in time: device 256 room 13: …" is about no single one.
check::Violation located(check::Violation violation);

class MessageFates {
 public:
  explicit MessageFates(const Recording& recording);

  const Fate& of(const Message& message) const { return fates_.at(message); }
  /// The message that went wrong, or the last one of all, and the `most` - 1 before it in its room,
  /// without what the server says itself.
  std::vector<Message> story(const std::optional<check::Violation>& violation, std::size_t most) const;

 private:
  /// The first committed one behind what the device was shown of the room.
  std::optional<Message> first_missed(RoomId room, DeviceId device) const;
  static Seq seq_of(const check::Violation& violation);
  std::optional<Message> culprit(const std::optional<check::Violation>& violation) const;
  bool is_missed(const Message& message, const Fate& fate) const;

  const Recording* recording_;
  std::map<Message, Fate> fates_;
  std::map<RoomId, std::set<std::uint32_t>> followers_;  // devices that were shown something of it
};

}  // namespace starling::sim
