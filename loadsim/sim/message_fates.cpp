#include "loadsim/sim/message_fates.h"

#include <algorithm>
#include <cstdio>
#include <string>
#include <tuple>
#include <utility>

namespace starling::sim {

using What = Step::What;

bool is_of_message(const Step& step) { return step.what <= What::Shown; }

Message message_of(const Step& step) { return {step.room, step.sender, step.cseq, step.sender ? Seq() : step.seq}; }

bool says_accepted(const Step& step) {
  return step.status == wire::SendStatus::Accepted || step.status == wire::SendStatus::Duplicate;
}

check::Violation located(check::Violation violation) {
  unsigned long long device = 0;
  unsigned long long room = 0;
  const std::size_t at = violation.text.find("device ");
  const bool names =
      at != std::string::npos && std::sscanf(violation.text.c_str() + at, "device %llu room %llu", &device, &room) == 2;
  if (violation.room || !names) return violation;
  violation.room = RoomId(room);
  violation.device = DeviceId(device);
  return violation;
}

MessageFates::MessageFates(const Recording& recording) : recording_(&recording) {
  for (const Step& step : recording.steps()) {
    if (!is_of_message(step)) continue;
    Fate& fate = fates_[message_of(step)];
    fate.last = step.at;
    if (step.seq) fate.seq = step.seq;
    fate.committed = fate.committed || step.what == What::Committed || !step.sender;
    fate.accepted = fate.accepted || (step.what == What::Told && says_accepted(step));
    if (step.what != What::Shown) continue;
    fate.shown_to.insert(step.place);
    followers_[step.room].insert(step.place);
  }
}

/// Some device was shown the room, and not this.
bool MessageFates::is_missed(const Message& message, const Fate& fate) const {
  const auto followers = followers_.find(message.room);
  return fate.committed && followers != followers_.end() && fate.shown_to.size() < followers->second.size();
}

std::optional<Message> MessageFates::first_missed(RoomId room, DeviceId device) const {
  Seq last;
  const auto& devices = recording_->devices();
  for (const auto& [message, fate] : fates_) {
    const auto is_it = [&](std::uint32_t index) { return devices[index].device == device; };
    if (message.room == room && std::ranges::any_of(fate.shown_to, is_it)) last = std::max(last, fate.seq);
  }
  std::optional<Message> first;
  for (const auto& [message, fate] : fates_) {
    const bool behind = message.room == room && fate.committed && fate.seq > last;
    if (behind && (!first || fate.seq < of(*first).seq)) first = message;
  }
  return first;
}

/// An answer that is too old lacks what comes behind it.
Seq MessageFates::seq_of(const check::Violation& violation) {
  const bool lacks_next = violation.guarantee == check::Guarantee::G5_ReadYourWrites;
  return lacks_next ? violation.seq.next() : violation.seq;
}

/// A violation does not always name a message: then the likeliest one of its room, or of all, and of those the last.
std::optional<Message> MessageFates::culprit(const std::optional<check::Violation>& violation) const {
  if (violation && violation->device && !violation->seq) {
    if (const auto missed = first_missed(violation->room, violation->device)) return missed;
  }
  std::optional<Message> found;
  std::tuple<int, Instant> best{-1, Instant()};
  for (const auto& [message, fate] : fates_) {
    int likely = 0;
    if (violation) {
      if (violation->room && message.room != violation->room) continue;
      likely += violation->seq && fate.seq == seq_of(*violation) ? 4 : 0;
      likely += fate.accepted && !fate.committed ? 2 : 0;
      likely += !violation->seq && is_missed(message, fate) ? 1 : 0;
    }
    if (std::tuple(likely, fate.last) < best) continue;
    best = {likely, fate.last};
    found = message;
  }
  return found;
}

std::vector<Message> MessageFates::story(const std::optional<check::Violation>& violation, std::size_t most) const {
  const std::optional<Message> wrong = culprit(violation);
  if (!wrong) return {};
  const Seq end = of(*wrong).seq;
  std::vector<std::pair<Seq, Message>> before;
  for (const auto& [message, fate] : fates_) {
    const bool earlier = message.sender && fate.seq && (!end || fate.seq <= end);
    if (message.room == wrong->room && message != *wrong && earlier) before.emplace_back(fate.seq, message);
  }
  std::sort(before.rbegin(), before.rend());
  std::vector<Message> story{*wrong};
  for (const auto& [seq, message] : before) {
    if (story.size() < most) story.push_back(message);
  }
  return story;
}

}  // namespace starling::sim
