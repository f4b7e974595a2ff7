// What the server says to the devices, and the checks of it.
#include <algorithm>
#include <utility>

#include "common/client/settings.h"
#include "loadsim/crowd/people.h"

namespace starling::crowd {

void People::violated(check::Guarantee guarantee, std::uint32_t user, RoomId room, Seq seq, std::string text) {
  context_->violations.report({.guarantee = guarantee,
                               .room = room,
                               .seq = seq,
                               .user = plan_->user_id(user),
                               .device = plan_->device_id(user),
                               .text = std::move(text)});
}

/// One delivery: the next one is shown, an older one dropped; a server that skips one has broken its promise.
void People::on_event(std::uint32_t user, const Parcel& parcel) {
  Person& p = people_[user];
  const wire::Event& event = *parcel.event;
  if (plan_->place_of(user, parcel.pass).room != parcel.room) {
    return violated(check::Guarantee::G9_Authorization, user, event.room, event.seq, "was sent to who is no member");
  }
  if ((p.synced >> parcel.pass & 1) == 0) {
    ++context_->tally.unsynced;
    return;
  }
  Seat& s = seat(user, parcel.pass);
  const std::uint64_t cursor = s.seen.cursor().value;
  if (event.seq.value > cursor + 1) {
    return violated(check::Guarantee::G2_TotalOrder, user, event.room, event.seq,
                    "was sent after " + std::to_string(cursor));
  }
  if (event.seq.value <= cursor) {
    ++context_->tally.again;
  } else {
    if (s.seen.applied(event.seq, event.epoch, parcel.digest) != check::RoomWatch::Seen::Next) {
      return violated(check::Guarantee::G19_HonestEpochs, user, event.room, event.seq,
                      "of epoch " + std::to_string(event.epoch.value) + ", without a reset");
    }
    s.hash = parcel.folded(s.hash);
    ++context_->tally.deliveries;
    if (p.actor != UINT32_MAX && event.kind == wire::EventKind::Message) {
      doing(p, parcel.pass).newest = static_cast<std::uint32_t>(event.seq.value);
    }
  }
  if (++p.undelivered >= client::limits::kDeliveredEvery) tell_delivered(user);
}

void People::on(std::uint32_t user, const wire::Welcome& frame) {
  Person& p = people_[user];
  if (p.link != Link::Greeting) return;
  if (frame.user != plan_->user_id(user) || frame.device != plan_->device_id(user)) {
    violated(check::Guarantee::G8_Integrity, user, RoomId(), Seq(), "welcomed as somebody else");
  }
  p.link = Link::Ready;
  p.tries = 0;
  // Meanwhile a server may have died with a marker that it had only in memory.
  if (p.actor != UINT32_MAX) {
    for (std::uint32_t pass = 0; pass < passes_; ++pass) doing(p, pass).told = 0;
  }
  sync(user, all_passes());
}

void People::on(std::uint32_t user, const wire::Synced& frame) {
  Person& p = people_[user];
  std::uint8_t again = 0;
  for (const wire::SyncedRoom& answer : frame.rooms) {
    const std::uint32_t pass = pass_in(user, answer.room);
    if (pass == passes_ || answer.status == wire::SyncStatus::NotMember) {
      violated(check::Guarantee::G9_Authorization, user, answer.room, Seq(), "an answer about a room is wrong");
      continue;
    }
    const auto bit = static_cast<std::uint8_t>(1u << pass);
    Seat& s = seat(user, pass);
    if (answer.status == wire::SyncStatus::Unavailable) continue;  // the next visits ask again
    if (answer.epoch != s.seen.epoch()) {
      violated(check::Guarantee::G19_HonestEpochs, user, answer.room, answer.head,
               "the epoch rose, and nothing was lost");
      continue;
    }
    if (answer.head.value < s.seen.asked_floor()) {
      violated(check::Guarantee::G5_ReadYourWrites, user, answer.room, answer.head,
               "asked with floor " + std::to_string(s.seen.asked_floor()));
    }
    s.seen.raise_floor(answer.head.value);
    s.seen.answered();
    if (answer.status == wire::SyncStatus::Reset) {
      // A second answer to a Sync that was said again may speak of where the device was before the first.
      const bool second = (p.synced & bit) != 0;
      const std::uint64_t behind = answer.head.value - s.seen.cursor().value;
      if (answer.reason != wire::ResetReason::TooFar ||
          (!second && behind <= context_->options.config.reset_beyond_events)) {
        violated(check::Guarantee::G13_Resume, user, answer.room, answer.start.seq,
                 "reset for reason " + std::to_string(static_cast<int>(answer.reason)) + ", " + std::to_string(behind) +
                     " events behind the head");
      }
      context_->tally.skipped +=
          static_cast<std::int64_t>(answer.start.seq.value) - static_cast<std::int64_t>(s.seen.cursor().value);
      s.seen.reset(answer.epoch, answer.start.seq);
      s.hash = answer.start.hash;
    } else if (answer.start.seq > s.seen.cursor()) {
      violated(check::Guarantee::G13_Resume, user, answer.room, answer.start.seq,
               "continues behind the cursor " + std::to_string(s.seen.cursor().value));
    }
    if ((p.synced & bit) == 0) again = static_cast<std::uint8_t>(again | bit);
    p.synced = static_cast<std::uint8_t>(p.synced | bit);
  }
  if (p.actor == UINT32_MAX) return;
  for (std::uint32_t pass = 0; pass < passes_; ++pass) {
    if ((again >> pass & 1) != 0) send_outbox(user, pass);
  }
}

void People::on(std::uint32_t user, const wire::SendResult& frame) {
  Person& p = people_[user];
  const std::uint32_t pass = pass_in(user, frame.room);
  if (pass == passes_ || p.actor == UINT32_MAX) {
    return violated(check::Guarantee::G8_Integrity, user, frame.room, frame.seq, "an answer to what was not asked");
  }
  auto& outbox = actors_[p.actor].outbox;
  if (!wire::is_final(frame.status)) {
    for (Pending& each : outbox) {
      if (each.pass == pass && each.cseq == frame.cseq) each.sent = false;
    }
    return;  // again, in their order, with the next visit
  }
  const bool committed = frame.status == wire::SendStatus::Accepted || frame.status == wire::SendStatus::Duplicate;
  if (frame.status == wire::SendStatus::Conflict || frame.status == wire::SendStatus::NoSuchRoom ||
      frame.status == wire::SendStatus::Forbidden || (committed && !frame.seq)) {
    violated(check::Guarantee::G3_ExactlyOnce, user, frame.room, frame.seq,
             "cseq " + std::to_string(frame.cseq.value) + " is answered with status " +
                 std::to_string(static_cast<int>(frame.status)));
  }
  check::SendWatch& sent = doing(p, pass).sent;
  if (frame.status == wire::SendStatus::RejectedBefore) sent.cannot_tell();
  const auto answer = sent.answered(frame.cseq, committed ? frame.seq : Seq());
  if (answer == check::SendWatch::Answer::Skipped) {
    violated(check::Guarantee::G4_SenderFifo, user, frame.room, frame.seq,
             "cseq " + std::to_string(frame.cseq.value) + " is answered out of turn");
  }
  if (answer == check::SendWatch::Answer::Next) ++(committed ? context_->tally.acks : context_->tally.refused);
  if (committed && frame.epoch == seat(user, pass).seen.epoch()) seat(user, pass).seen.raise_floor(frame.seq.value);
  std::erase_if(outbox, [&](const Pending& each) { return each.pass == pass && each.cseq == frame.cseq; });
  if (outbox.empty()) outbox = {};
}

/// A page that ends where the device stands must fold to the same hash as what it was shown.
void People::on(std::uint32_t user, const wire::HistoryPage& frame, Unpacking& unpacking) {
  const std::uint32_t pass = pass_in(user, frame.room);
  if (pass == passes_) {
    return violated(check::Guarantee::G9_Authorization, user, frame.room, Seq(), "read by who is no member");
  }
  if (frame.status != wire::SyncStatus::Live) return;
  ++context_->tally.pages;
  const Seat& s = seat(user, pass);
  PrefixHash hash = frame.hash_before;
  for (std::size_t i = 0; i < frame.events.size(); ++i) {
    const wire::Event& event = frame.events[i];
    if (event.room != frame.room || (i != 0 && event.seq != frame.events[i - 1].seq.next())) {
      return violated(check::Guarantee::G2_TotalOrder, user, frame.room, event.seq, "a hole in a page of history");
    }
    unpacking.examine(event);
    hash = wire::fold(hash, event);
    if (event.seq == s.seen.cursor() && hash != s.hash) {
      violated(check::Guarantee::G2_TotalOrder, user, frame.room, event.seq,
               "a page shows another log than the pushes");
    }
  }
}

void People::on(std::uint32_t user, const wire::ReadMarked& frame) {
  const Person& p = people_[user];
  const std::uint32_t pass = pass_in(user, frame.room);
  if (pass == passes_ || p.actor == UINT32_MAX) return;
  Doing& d = doing(p, pass);
  if (frame.seq.value < d.told) {
    violated(check::Guarantee::G20_ReadMarkers, user, frame.room, frame.seq,
             "the read marker was " + std::to_string(d.told));
  }
  d.told = static_cast<std::uint32_t>(frame.seq.value);
}

}  // namespace starling::crowd
