#include "loadsim/check/sweep.h"

#include <algorithm>
#include <map>
#include <string>
#include <tuple>
#include <utility>

namespace starling::check {

namespace {

/// Where a user stands, as the log tells it.
struct Standing {
  bool member = false;
  bool invited = false;
  bool muted = false;
  bool banned = false;
};

void apply(const LedgerEvent& event, Standing& subject) {
  using enum wire::EventKind;
  if (wire::changes_member(event.kind)) subject.member = event.kind == MemberAdd;
  if (wire::changes_member(event.kind) || event.kind == MemberInvite) subject.invited = event.kind == MemberInvite;
  if (event.kind == MemberMute || event.kind == MemberUnmute) subject.muted = event.kind == MemberMute;
  if (event.kind == MemberBan || event.kind == MemberUnban) subject.banned = event.kind == MemberBan;
}

/// What forbade the event; null when nothing that the log alone can show.
const char* wrong_of(const LedgerEvent& event, const Standing& sender, bool is_public) {
  using enum wire::EventKind;
  const bool own = event.subject == event.sender;
  if (!sender.member) {
    const bool joins = event.kind == MemberAdd && own && !sender.banned && (is_public || sender.invited);
    const bool declines = event.kind == MemberRemove && own && sender.invited;
    return joins || declines ? nullptr : "was not a member";
  }
  const bool speaks = event.kind == Message || event.kind == Edit || event.kind == ReactionAdd;
  return speaks && sender.muted ? "was muted" : nullptr;
}

}  // namespace

RoomProof::RoomProof(LedgerRoom room) : room_(std::move(room)) {
  chain_.reserve(room_.events.size() + 1);
  chain_.push_back(0);
  for (const LedgerEvent& event : room_.events) {
    chain_.push_back(chain_.back() + digest(event));
    sent_.push_back({.device = event.device, .cseq = event.cseq, .seq = event.seq});
  }
  std::stable_sort(sent_.begin(), sent_.end(), [](const Sent& a, const Sent& b) {
    return std::tie(a.device, a.cseq) < std::tie(b.device, b.cseq);
  });
}

void RoomProof::report(Violations& violations, Guarantee guarantee, Seq seq, const DeviceWatch* device,
                       std::string text) const {
  violations.report({.guarantee = guarantee,
                     .room = room_.room,
                     .seq = seq,
                     .user = device != nullptr ? device->user() : UserId(),
                     .device = device != nullptr ? device->device() : DeviceId(),
                     .text = std::move(text)});
}

// ---- the log alone

void RoomProof::check_log(Violations& violations) const {
  Seq expected = first();
  Epoch epoch;
  std::map<std::uint64_t, Seq> names;
  for (const LedgerEvent& event : room_.events) {
    if (event.seq != expected) report(violations, Guarantee::G2_TotalOrder, event.seq, nullptr, "the log is not dense");
    expected = event.seq.next();
    if (event.epoch < epoch) report(violations, Guarantee::G19_HonestEpochs, event.seq, nullptr, "the epoch went back");
    epoch = event.epoch;
    // What retention has cut is not there to be recognised.
    if (event.client_msg_id && event.seq >= room_.min_seq) {
      const auto [first, fresh] = names.try_emplace(event.client_msg_id.value, event.seq);
      if (!fresh && !may_repeat(event.device)) {
        report(violations, Guarantee::G3_ExactlyOnce, event.seq, nullptr,
               "a message is in the log twice, first at " + std::to_string(first->second.value) + ", now as cseq " +
                   std::to_string(event.cseq.value) + " of device " + std::to_string(event.device.value));
      }
    }
    if (event.kind != wire::EventKind::Message && event.target >= event.seq && event.target) {
      report(violations, Guarantee::G10_Convergence, event.seq, nullptr, "refers to what is not before it");
    }
  }
  if (expected != room_.head.next()) {
    report(violations, Guarantee::G3_ExactlyOnce, expected, nullptr, "the log does not end at its head");
  }
  check_senders(violations);
  check_members(violations);
}

const LedgerDevice* RoomProof::counter_of(DeviceId device) const {
  const auto at = std::lower_bound(room_.devices.begin(), room_.devices.end(), device,
                                   [](const LedgerDevice& each, DeviceId d) { return each.device < d; });
  return at != room_.devices.end() && at->device == device ? &*at : nullptr;
}

bool RoomProof::may_repeat(DeviceId device) const {
  const LedgerDevice* counter = counter_of(device);
  return counter != nullptr && counter->may_repeat;
}

void RoomProof::check_senders(Violations& violations) const {
  for (std::size_t i = 0; i < sent_.size(); ++i) {
    const Sent& sent = sent_[i];
    if (!sent.device) continue;
    const bool again = i != 0 && sent_[i - 1].device == sent.device;
    if (again && sent_[i - 1].cseq == sent.cseq) {
      report(violations, Guarantee::G3_ExactlyOnce, sent.seq, nullptr, "a device's cseq is in the log twice");
    } else if (again && sent_[i - 1].seq > sent.seq) {
      report(violations, Guarantee::G4_SenderFifo, sent.seq, nullptr, "the log's order is not the sender's");
    }
    const bool last = i + 1 == sent_.size() || sent_[i + 1].device != sent.device;
    if (!last) continue;
    const LedgerDevice* counter = counter_of(sent.device);
    if (counter == nullptr || counter->last_cseq < sent.cseq) {
      report(violations, Guarantee::G3_ExactlyOnce, sent.seq, nullptr, "the device's counter is behind its events");
    }
  }
}

void RoomProof::check_members(Violations& violations) const {
  if (first() != Seq(1)) return;  // who was a member before is not in the log any more
  std::map<UserId, Standing> standings;
  bool is_public = false;
  for (const LedgerEvent& event : room_.events) {
    const Standing& sender = standings[event.sender];
    if (const char* wrong = event.device ? wrong_of(event, sender, is_public) : nullptr) {
      report(violations, Guarantee::G9_Authorization, event.seq, nullptr,
             "user " + std::to_string(event.sender.value) + ' ' + wrong + " when this was committed");
    }
    if (event.kind == wire::EventKind::RoomVisibility) is_public = event.body_hash == wire::body_hash(wire::kPublic);
    apply(event, standings[event.subject]);
  }
}

// ---- against a device

void RoomProof::check_device(const DeviceWatch& device, const WatchedRoom& seen, bool at_rest,
                             Violations& violations) const {
  if (!device.is_cloned()) check_acks(device, seen, violations);
  if (seen.seen.epoch() != room_.epoch) {
    if (at_rest && seen.everything_seen && seen.seen.epoch()) {
      report(violations, Guarantee::G7_CompleteDelivery, seen.seen.cursor(), &device,
             "was not told of the room's epoch");
    }
    return;
  }
  if (seen.compared) {
    check_chain(device, seen, violations);
    check_visibility(device, seen, violations);
    check_state(device, seen, violations);
  }
  if (at_rest && seen.everything_seen && seen.seen.cursor() != room_.head) {
    report(violations, Guarantee::G7_CompleteDelivery, seen.seen.cursor(), &device,
           "at rest with the head at " + std::to_string(room_.head.value));
  }
}

/// Who was removed for good has seen nothing behind that. Members may read everything.
void RoomProof::check_visibility(const DeviceWatch& device, const WatchedRoom& seen, Violations& violations) const {
  const auto about = [&](const LedgerEvent& event) {
    return event.subject == device.user() && wire::changes_member(event.kind);
  };
  const auto last = std::find_if(room_.events.rbegin(), room_.events.rend(), about);
  if (last == room_.events.rend() || last->kind == wire::EventKind::MemberAdd) return;
  if (seen.seen.cursor() > last->seq) {
    report(violations, Guarantee::G9_Authorization, seen.seen.cursor(), &device,
           "was shown what came after the removal at " + std::to_string(last->seq.value));
  }
}

void RoomProof::check_chain(const DeviceWatch& device, const WatchedRoom& seen, Violations& violations) const {
  const std::uint64_t base = first().value - 1;
  if (seen.seen.start().value < base) return;
  const std::uint64_t from = seen.seen.start().value - base;
  const std::uint64_t to = seen.seen.cursor().value - base;
  if (to >= chain_.size()) {
    report(violations, Guarantee::G1_AckedIsDurable, seen.seen.cursor(), &device, "saw events that are not in the log");
  } else if (chain_[to] - chain_[from] != seen.seen.chain()) {
    report(violations, Guarantee::G2_TotalOrder, seen.seen.cursor(), &device,
           "saw other events than the log holds behind " + std::to_string(seen.seen.start().value));
  }
}

void RoomProof::check_acks(const DeviceWatch& device, const WatchedRoom& seen, Violations& violations) const {
  const SendWatch& watch = seen.sent;
  if (watch.answers() == 0 || !watch.comparable()) return;
  const auto from = std::lower_bound(sent_.begin(), sent_.end(), std::pair(device.device(), watch.first()),
                                     [](const Sent& each, const std::pair<DeviceId, Cseq>& key) {
                                       return std::tie(each.device, each.cseq) < std::tie(key.first, key.second);
                                     });
  std::uint64_t sum = 0;
  std::uint32_t events = 0;
  for (auto at = from; at != sent_.end() && at->device == device.device() && at->cseq <= watch.answered_at_most();
       ++at) {
    if (!watch.is_answered(at->cseq)) continue;
    sum += mix_ack(at->cseq, at->seq);
    ++events;
  }
  const std::uint32_t acked = watch.answers() - watch.refused();
  if (first() != Seq(1) && events < acked) return;  // retention has cut some of them
  if (events != acked) {
    report(violations, events < acked ? Guarantee::G1_AckedIsDurable : Guarantee::G3_ExactlyOnce, Seq(), &device,
           std::to_string(acked) + " events were acknowledged, the log holds " + std::to_string(events) + " of them");
  } else if (sum != watch.sum()) {
    report(violations, Guarantee::G1_AckedIsDurable, Seq(), &device,
           "an acknowledged event is not where it was acknowledged");
  }
}

void RoomProof::check_state(const DeviceWatch& device, const WatchedRoom& seen, Violations& violations) const {
  if (!seen.state || seen.state->start() < first().prev()) return;
  StateFold fold(seen.state->start());
  for (const LedgerEvent& event : room_.events) {
    if (event.seq > seen.state->start() && event.seq <= seen.seen.cursor()) fold.apply(event);
  }
  if (fold.digest() != seen.state->digest()) {
    report(violations, Guarantee::G10_Convergence, seen.seen.cursor(), &device,
           "shows other texts or reactions than the log");
  }
}

}  // namespace starling::check
