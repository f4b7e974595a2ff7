#include "loadsim/check/device_watch.h"

#include <algorithm>
#include <utility>

#include "loadsim/check/stamp.h"

namespace starling::check {
namespace {

std::string range(const char* what, std::uint64_t got, const char* expected, std::uint64_t value) {
  return std::string(what) + " " + std::to_string(got) + ", " + expected + " " + std::to_string(value);
}

}  // namespace

void DeviceWatch::on_output(const client::Output& out) {
  renumbering_ = RoomId();
  for (const client::Notice& notice : out.notices) {
    std::visit([&](const auto& each) { on(each); }, notice);
  }
  for (const wire::ClientFrame& frame : out.frames) asked(frame);
}

void DeviceWatch::on_restart(RoomId id, const RoomWatch& stored) {
  WatchedRoom& r = room(id);
  r.seen.rewind_to(stored);
  r.compared = !file_copied_back_;
  r.state.reset();  // it would have to be stored with the cursor to be continued
  pages_.clear();
}

void DeviceWatch::lost_by_policy(RoomId id, Cseq next) { begin_again(room(id), next); }

void DeviceWatch::begin_again(WatchedRoom& r, Cseq next) {
  rolled_back_ += r.sent.answers_from(next);
  r.sent.restart(next);
  r.read_seq = Seq();
}

void DeviceWatch::file_copied_back() {
  file_copied_back_ = true;
  for (WatchedRoom& each : rooms_) each.compared = false;
}

const WatchedRoom* DeviceWatch::find(RoomId id) const {
  const auto at = std::lower_bound(rooms_.begin(), rooms_.end(), id,
                                   [](const WatchedRoom& each, RoomId wanted) { return each.room < wanted; });
  return at != rooms_.end() && at->room == id ? &*at : nullptr;
}

WatchedRoom& DeviceWatch::room(RoomId id) {
  const auto at = std::lower_bound(rooms_.begin(), rooms_.end(), id,
                                   [](const WatchedRoom& each, RoomId wanted) { return each.room < wanted; });
  if (at != rooms_.end() && at->room == id) return *at;
  return *rooms_.insert(at, WatchedRoom{.room = id});
}

void DeviceWatch::violated(Guarantee guarantee, RoomId in, Seq seq, std::string text) {
  violations_->report({.guarantee = guarantee,
                       .room = in,
                       .seq = seq,
                       .user = who_.user,
                       .device = who_.device,
                       .text = std::move(text)});
}

// ---- the log

void DeviceWatch::on(const client::Applied& notice) {
  const wire::Event& event = *notice.event;
  WatchedRoom& r = room(event.room);
  const LedgerEvent seen = ledger_event(event);
  const std::uint64_t digest_of_event = digest(seen);
  const Seq before = r.seen.cursor();
  switch (r.seen.applied(event.seq, event.epoch, digest_of_event)) {
    case RoomWatch::Seen::Next:
      break;
    case RoomWatch::Seen::Gap:
      violated(Guarantee::G2_TotalOrder, event.room, event.seq,
               range("shown after", before.value, "so expected", before.value + 1));
      break;
    case RoomWatch::Seen::Again:
      violated(Guarantee::G3_ExactlyOnce, event.room, event.seq,
               range("shown again after", before.value, "now", event.seq.value));
      break;
    case RoomWatch::Seen::EarlierEpoch:
      violated(Guarantee::G19_HonestEpochs, event.room, event.seq,
               range("of epoch", event.epoch.value, "without a reset from", r.seen.epoch().value));
      break;
  }
  if (event.kind != wire::EventKind::Message && event.target && event.target >= event.seq) {
    violated(Guarantee::G10_Convergence, event.room, event.seq,
             range("refers to", event.target.value, "which is not before", event.seq.value));
  }
  check_body(event);
  check_name(event, digest_of_event);
  if (who_.sampled) {
    if (!r.state && before == r.seen.start()) r.state = std::make_unique<StateFold>(r.seen.start());
    if (r.state) r.state->apply(seen);
  }
}

void DeviceWatch::check_body(const wire::Event& event) {
  if (who_.run == 0 || event.erased_hash != 0 || !event.device) return;
  if (event.kind != wire::EventKind::Message && event.kind != wire::EventKind::Edit) return;
  const std::optional<Stamp> stamp = read_stamp(event.body);
  if (!stamp) {
    violated(Guarantee::G8_Integrity, event.room, event.seq, "the body is not what anybody wrote");
  } else if (stamp->run == who_.run && stamp->room != event.room) {
    violated(Guarantee::G8_Integrity, event.room, event.seq,
             range("leaked from room", stamp->room.value, "shown in", event.room.value));
  } else if (stamp->run == who_.run && stamp->device != event.device) {
    violated(Guarantee::G8_Integrity, event.room, event.seq,
             range("written by device", stamp->device.value, "shown as of", event.device.value));
  }
}

void DeviceWatch::check_name(const wire::Event& event, std::uint64_t digest_of_event) {
  if (!names_->agrees(event.room, event.epoch, event.seq, digest_of_event)) {
    violated(Guarantee::G19_HonestEpochs, event.room, event.seq,
             range("epoch", event.epoch.value, "names two events at seq", event.seq.value));
  }
}

void DeviceWatch::on(const client::RoomReset& notice) {
  const wire::SyncedRoom& answer = *notice.answer;
  WatchedRoom& r = room(answer.room);
  const bool other_epoch = notice.start.epoch != r.seen.epoch();
  if (notice.start.epoch < r.seen.epoch()) {
    violated(Guarantee::G6_Monotone, answer.room, notice.start.seq,
             range("reset to epoch", notice.start.epoch.value, "after epoch", r.seen.epoch().value));
  }
  r.seen.reset(notice.start.epoch, notice.start.seq);
  r.compared = true;
  const bool diverged = notice.reason == wire::ResetReason::Diverged;
  if (diverged) r.seen.drop_floor();
  r.state.reset();
  const bool other_history = diverged || (notice.reason == wire::ResetReason::Epoch && other_epoch);
  if (other_history && answer.next_cseq) {
    begin_again(r, answer.next_cseq);
    r.settled.restart(answer.next_cseq);
  }
}

void DeviceWatch::on(const client::RoomSynced& notice) {
  const wire::SyncedRoom& answer = *notice.answer;
  WatchedRoom& r = room(answer.room);
  r.everything_seen = answer.status == wire::SyncStatus::Live || answer.status == wire::SyncStatus::Reset;
  r.compared = r.compared || answer.status == wire::SyncStatus::Live;
  if (answer.epoch == r.seen.epoch() && answer.status != wire::SyncStatus::Off) {
    if (answer.head.value < r.seen.asked_floor()) {
      violated(Guarantee::G5_ReadYourWrites, answer.room, answer.head,
               range("the answer's head is", answer.head.value, "asked with floor", r.seen.asked_floor()));
    }
    r.seen.raise_floor(answer.head.value);
  }
  r.seen.answered();
  if (answer.status == wire::SyncStatus::Live && answer.start.seq > r.seen.cursor()) {
    violated(Guarantee::G13_Resume, answer.room, answer.start.seq,
             range("continues from", answer.start.seq.value, "asked from", r.seen.cursor().value));
  }
  if (answer.read_seq) check_mark(r, answer.read_seq);
}

void DeviceWatch::on(const client::HeadMoved& notice) {
  WatchedRoom& r = room(notice.head->room);
  if (notice.head->epoch == r.seen.epoch()) r.seen.raise_floor(notice.head->seq.value);
}

void DeviceWatch::on(const client::PageRead& notice) {
  const wire::HistoryPage& page = *notice.page;
  const auto asked_page = std::find_if(pages_.begin(), pages_.end(),
                                       [&](const AskedPage& each) { return each.request_id == page.request_id; });
  if (asked_page != pages_.end()) {
    if (page.status == wire::SyncStatus::Live && page.epoch == asked_page->epoch) check_page(*asked_page, page);
    pages_.erase(asked_page);
  }
  for (std::size_t i = 0; i < page.events.size(); ++i) {
    const wire::Event& event = page.events[i];
    if (i != 0 && event.seq != page.events[i - 1].seq.next()) {
      violated(Guarantee::G2_TotalOrder, page.room, event.seq, "a hole in a page of history");
    }
    check_body(event);
    check_name(event, digest(ledger_event(event)));
  }
}

/// Its head is not behind what the device knew, and neither are its events: it begins, or backward ends, where it was
/// asked to, as far as the device knew that there is something.
void DeviceWatch::check_page(const AskedPage& asked, const wire::HistoryPage& page) {
  if (page.head < asked.floor) {
    violated(Guarantee::G5_ReadYourWrites, page.room, page.head,
             range("the page's head is", page.head.value, "asked with floor", asked.floor.value));
  }
  const bool to_floor = asked.backward && (!asked.from || asked.from > asked.floor);
  const Seq edge = to_floor         ? asked.floor
                   : asked.backward ? asked.from.prev()
                                    : std::max(asked.from.next(), page.min_seq);
  if (edge < page.min_seq || edge > asked.floor) return;
  const bool reached =
      !page.events.empty() && (asked.backward ? page.events.back().seq >= edge : page.events.front().seq <= edge);
  if (!reached) {
    violated(Guarantee::G5_ReadYourWrites, page.room, edge.prev(),
             range("the page lacks", edge.value, "asked with floor", asked.floor.value));
  }
}

// ---- what was sent

void DeviceWatch::on(const client::Settled& notice) {
  if (notice.status == wire::SendStatus::NoSuchRoom || notice.status == wire::SendStatus::Conflict) return;
  WatchedRoom& r = room(notice.room);
  const bool committed = notice.status == wire::SendStatus::Accepted || notice.status == wire::SendStatus::Duplicate;
  if (committed && !notice.seq) {
    violated(Guarantee::G3_ExactlyOnce, notice.room, notice.seq, "an acknowledgement without a seq");
    return;
  }
  // The log forgets where a message is once retention has cut it; and a renumbered one may be there under its old number.
  const bool renumbered = r.sent.first() != Cseq(1) && notice.status == wire::SendStatus::Duplicate;
  if (renumbered || notice.status == wire::SendStatus::RejectedBefore) r.sent.cannot_tell();
  r.settled.answered(notice.cseq, notice.seq);
  const SendWatch::Answer answer = r.sent.answered(notice.cseq, committed ? notice.seq : Seq());
  if (answer == SendWatch::Answer::Skipped && !cloned_) {
    violated(Guarantee::G4_SenderFifo, notice.room, notice.seq,
             "cseq " + std::to_string(notice.cseq.value) + " is answered, and answers up to " +
                 std::to_string(r.sent.answered_to().value) + " have come");
  }
  if (committed && notice.epoch == r.seen.epoch()) r.seen.raise_floor(notice.seq.value);
}

void DeviceWatch::on(const client::Renumbered& notice) {
  if (renumbering_ == notice.room) return;
  renumbering_ = notice.room;
  WatchedRoom& r = room(notice.room);
  r.sent.restart(notice.to);
  r.settled.restart(notice.to);
}

void DeviceWatch::asked(const wire::ClientFrame& frame) {
  if (const auto* sync = std::get_if<wire::Sync>(&frame)) {
    for (const wire::SyncRoom& each : sync->rooms) room(each.room).seen.asked();
  } else if (const auto* history = std::get_if<wire::HistoryRequest>(&frame)) {
    const RoomWatch& seen = room(history->room).seen;
    pages_.push_back({.request_id = history->request_id,
                      .from = history->from,
                      .backward = history->backward,
                      .floor = seen.floor(),
                      .epoch = seen.epoch()});
  } else if (const auto* watch = std::get_if<wire::Watch>(&frame); watch != nullptr && nodes_ > 1) {
    Looks& looks = looks_[watch->room];
    if (std::exchange(looks.shown, watch->receipts) && !watch->receipts) ++looks.overtaken;
  }
}

// ---- the rest

void DeviceWatch::on(const client::ReadMarked& notice) { check_mark(room(notice.mark->room), notice.mark->seq); }

void DeviceWatch::check_mark(WatchedRoom& r, Seq seq) {
  if (seq < r.read_seq) {
    violated(Guarantee::G20_ReadMarkers, r.room, seq,
             range("the read marker is", seq.value, "and was", r.read_seq.value));
  }
  r.read_seq = seq;
}

/// Nothing tells the marks of two looks apart but that they go back, from one to the next once.
bool DeviceWatch::begins_next_look(const wire::Receipts& receipts) {
  const auto looks = looks_.find(receipts.room);
  if (looks == looks_.end() || looks->second.overtaken == 0) return false;
  const auto goes_back = [&](const wire::MemberReceipt& each) {
    const auto at = receipts_.find({receipts.room, each.user});
    return at != receipts_.end() && (each.delivered < at->second.delivered || each.read < at->second.read);
  };
  if (std::ranges::none_of(receipts.members, goes_back)) return false;
  --looks->second.overtaken;
  return true;
}

void DeviceWatch::on(const client::ReceiptsSeen& notice) {
  const RoomId id = notice.receipts->room;
  if (begins_next_look(*notice.receipts)) {
    std::erase_if(receipts_, [&](const auto& each) { return each.first.first == id; });
  }
  for (const wire::MemberReceipt& each : notice.receipts->members) {
    wire::MemberReceipt& highest = receipts_[{id, each.user}];
    if (each.delivered < highest.delivered) {
      violated(Guarantee::G20_ReadMarkers, id, each.delivered,
               range("the delivered mark of another is", each.delivered.value, "and was", highest.delivered.value));
    }
    if (each.read < highest.read) {
      violated(Guarantee::G20_ReadMarkers, id, each.read,
               range("the read mark of another is", each.read.value, "and was", highest.read.value));
    }
    highest = each;
  }
}

void DeviceWatch::on(const client::Welcomed& notice) {
  if (notice.welcome->user != who_.user || notice.welcome->device != who_.device) {
    violated(Guarantee::G8_Integrity, RoomId(), Seq(), "welcomed as somebody else");
  }
  // A marker may be in the server's memory for some seconds before it is stored: a kill may take it back.
  if (std::exchange(boot_, notice.welcome->boot) != notice.welcome->boot || nodes_ > 1) {
    for (WatchedRoom& r : rooms_) r.read_seq = Seq();
    receipts_.clear();
    looks_.clear();
  }
}

void DeviceWatch::on(const client::StateChanged& notice) {
  if (notice.state == client::LinkState::Ready) return;
  pages_.clear();
  for (WatchedRoom& r : rooms_) r.seen.answered();
}

}  // namespace starling::check
