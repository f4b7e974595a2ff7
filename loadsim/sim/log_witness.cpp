#include "loadsim/sim/log_witness.h"

#include <algorithm>
#include <utility>

#include "loadsim/check/ledger.h"

namespace starling::sim {
namespace {

constexpr Duration kGeneration = 2s;

std::uint64_t digest_of(const wire::Event& event) { return check::digest(check::ledger_event(event)); }

}  // namespace

void LogWitness::violated(check::Guarantee guarantee, const Viewer& viewer, RoomId room, Seq seq, std::string text) {
  context_->violations.report({.guarantee = guarantee,
                               .room = room,
                               .seq = seq,
                               .user = viewer.user,
                               .device = viewer.device,
                               .text = std::move(text)});
}

bool LogWitness::is_in_log(const Viewer& viewer, const RoomLog* log, const wire::Event& event, const char* how) {
  if (log == nullptr || event.seq > log->head()) {
    violated(check::Guarantee::G1_AckedIsDurable, viewer, event.room, event.seq,
             std::string(how) + " before it is in the log");
    return false;
  }
  const wire::Event& durable = log->events()[event.seq.value - 1];
  if (digest_of(durable) != digest_of(event) || durable.epoch != event.epoch) {
    violated(check::Guarantee::G2_TotalOrder, viewer, event.room, event.seq,
             std::string(how) + " other than the log holds it");
    return false;
  }
  return true;
}

void LogWitness::shown(const Viewer& viewer, const wire::Event& event) {
  if (!comparable(viewer)) return;
  const RoomLog* log = database_->find(event.room);
  if (!is_in_log(viewer, log, event, "shown")) return;
  told(event.room, event.seq);
  if (!log->visible(viewer.user, event.seq)) {
    violated(check::Guarantee::G9_Authorization, viewer, event.room, event.seq, "shown to somebody who may not see it");
  }
}

void LogWitness::settled(const Viewer& viewer, const client::Settled& notice) {
  const bool committed = notice.status == wire::SendStatus::Accepted || notice.status == wire::SendStatus::Duplicate;
  if (!committed || !comparable(viewer)) return;
  const RoomLog* log = database_->find(notice.room);
  const bool there = log != nullptr && notice.seq && notice.seq <= log->head();
  if (!there || log->events()[notice.seq.value - 1].client_msg_id != notice.client_msg_id) {
    violated(check::Guarantee::G1_AckedIsDurable, viewer, notice.room, notice.seq,
             "cseq " + std::to_string(notice.cseq.value) + " is acknowledged and not in the log there");
  }
  told(notice.room, notice.seq);
}

void LogWitness::page(const Viewer& viewer, const wire::HistoryPage& page) {
  if (!comparable(viewer) || page.status != wire::SyncStatus::Live) return;
  const RoomLog* log = database_->find(page.room);
  if (log == nullptr || page.epoch > log->epoch()) {
    violated(check::Guarantee::G8_Integrity, viewer, page.room, page.head, "a page of a room that is not there");
    return;
  }
  for (const wire::Event& event : page.events) {
    if (!is_in_log(viewer, log, event, "read in a page")) return;
    if (!log->visible(viewer.user, event.seq)) {
      violated(check::Guarantee::G9_Authorization, viewer, page.room, event.seq, "read by somebody who may not see it");
    }
  }
  if (page.events.empty()) return;
  told(page.room, page.events.back().seq);
  if (page.hash_before != log->hash_at(page.events.front().seq.prev())) {
    violated(check::Guarantee::G2_TotalOrder, viewer, page.room, page.events.front().seq,
             "the page's hash does not join");
  }
  check_related(viewer, *log, page);
}

void LogWitness::check_related(const Viewer& viewer, const RoomLog& log, const wire::HistoryPage& page) {
  const Seq first = page.events.front().seq;
  const Seq last = page.events.back().seq;
  auto next = page.related.begin();
  for (std::uint64_t seq = last.value + 1; seq <= std::min(page.as_of, log.head()).value; ++seq) {
    const wire::Event& event = log.events()[seq - 1];
    if (event.kind == wire::EventKind::Message || event.target < first || event.target > last) continue;
    if (next == page.related.end() || digest_of(*next) != digest_of(event)) {
      violated(check::Guarantee::G10_Convergence, viewer, page.room, Seq(seq),
               "a page does not tell of a later change to it");
      return;
    }
    ++next;
  }
  if (next != page.related.end()) {
    violated(check::Guarantee::G10_Convergence, viewer, page.room, next->seq,
             "a page tells of what does not concern it");
  }
}

void LogWitness::receipts(const Viewer& viewer, const wire::Receipts& receipts) {
  const RoomLog* log = database_->find(receipts.room);
  if (!comparable(viewer) || log == nullptr) return;
  for (const wire::MemberReceipt& each : receipts.members) {
    const Seq highest = std::max(each.delivered, each.read);
    if (highest <= log->head()) continue;
    violated(check::Guarantee::G20_ReadMarkers, viewer, receipts.room, highest,
             "user " + std::to_string(each.user.value) + " is said to have got what is beyond the head " +
                 std::to_string(log->head().value));
  }
  const std::uint64_t end = receipts.counted_from.value + receipts.delivered_counts.size();
  if (receipts.counted_from && end > log->head().value + 1) {
    violated(check::Guarantee::G20_ReadMarkers, viewer, receipts.room, Seq(end), "receipts count beyond the head");
  }
}

void LogWitness::saw(RoomId room, Epoch epoch, Seq seq) {
  Heads& heads = heads_[room];
  if (epoch < heads.epoch) return;
  if (epoch > heads.epoch) heads = {.epoch = epoch, .turned = context_->now()};
  if (context_->now() - heads.turned >= kGeneration) {
    heads.long_before = std::exchange(heads.before, heads.now);
    heads.turned = context_->now();
  }
  heads.now = std::max(heads.now, seq);
}

Seq LogWitness::least(RoomId room, Epoch epoch) const {
  const auto at = heads_.find(room);
  if (at == heads_.end() || at->second.epoch != epoch || context_->is_lossy()) return {};
  return context_->now() - at->second.turned >= kGeneration ? at->second.before : at->second.long_before;
}

void LogWitness::told(RoomId room, Seq seq) {
  Seq& highest = told_[room];
  highest = std::max(highest, seq);
}

void LogWitness::kept_everything() {
  for (const auto& [room, seq] : told_) {
    const RoomLog* log = database_->find(room);
    if (log != nullptr && seq <= log->head()) continue;
    context_->violations.report({.guarantee = check::Guarantee::G1_AckedIsDurable,
                                 .room = room,
                                 .seq = seq,
                                 .text = "was shown or acknowledged, and a synchronous standby does not have it"});
  }
}

void LogWitness::lost_by_policy() {
  lost_at_ = context_->now();
  heads_.clear();
  told_.clear();
}

}  // namespace starling::sim
