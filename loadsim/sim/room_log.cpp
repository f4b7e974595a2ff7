#include "loadsim/sim/room_log.h"

#include <algorithm>
#include <ranges>
#include <utility>

#include "common/base/mutant.h"
#include "common/base/probe.h"
#include "common/wire/mentions.h"
#include "common/wire/renumbered.h"
#include "server/ports/authorize.h"
#include "server/ports/event_time.h"

namespace starling::sim {
namespace {

std::uint64_t body_hash_of(const wire::Event& event) {
  return event.erased_hash != 0 ? event.erased_hash : wire::body_hash(event.body);
}

wire::Role role_of(const std::map<UserId, ports::Member>& members, UserId user) {
  const auto at = members.find(user);
  return at == members.end() ? wire::Role::None : at->second.role;
}

}  // namespace

void RoomLog::add_founder(UserId user, wire::Role role, WallTime now) {
  const wire::Event& event =
      append({.kind = wire::EventKind::MemberAdd, .sender = user, .subject = user, .role = role}, now);
  members_[user] = {.user = user, .role = role, .join_seq = event.seq};
}

const wire::Event* RoomLog::at(Seq seq) const {
  return seq >= min_seq_ && seq <= head() ? &events_[seq.value - 1] : nullptr;
}

Cseq RoomLog::last_cseq(DeviceId device) const {
  const auto at = devices_.find(device);
  return at == devices_.end() ? Cseq() : at->second;
}

const wire::Event* RoomLog::find(DeviceId device, Cseq cseq) const {
  const auto list = sent_.find(device);
  if (list == sent_.end()) return nullptr;
  const auto at_cseq = std::lower_bound(list->second.begin(), list->second.end(), cseq,
                                        [&](Seq seq, Cseq wanted) { return events_[seq.value - 1].cseq < wanted; });
  if (at_cseq == list->second.end()) return nullptr;
  const wire::Event* event = at(*at_cseq);
  return event != nullptr && event->cseq == cseq ? event : nullptr;
}

const wire::Event* RoomLog::find_recent(DeviceId device, ClientMsgId id) const {
  const auto list = sent_.find(device);
  if (list == sent_.end()) return nullptr;
  const std::vector<Seq>& seqs = list->second;
  for (const Seq seq : seqs | std::views::reverse | std::views::take(wire::limits::kRenumberedFoundMax)) {
    const wire::Event* event = at(seq);
    if (event != nullptr && event->client_msg_id == id) return event;
  }
  return nullptr;
}

ports::Committed RoomLog::commit(const ports::CommitBatch& batch, const BeforeLock* found, Changes& changes) {
  ports::Committed done{.batch = batch, .epoch = epoch_, .prev_head = head(), .head = head()};
  if (batch.fence && batch.fence < fence_) {
    done.fenced = true;
    return done;
  }
  done.results.reserve(batch.rows.size());
  if (batch.epoch != epoch_) {
    done.results.assign(batch.rows.size(), {.status = wire::SendStatus::StaleEpoch});
    return done;
  }
  for (const ports::CommitRow& row : batch.rows) {
    done.results.push_back(commit_row(row, batch.now, found, changes));
  }
  for (std::size_t i = 0; i < batch.rows.size(); ++i) {
    const bool twice = done.results[i].status == wire::SendStatus::Duplicate && done.results[i].seq > done.prev_head;
    probe(Probe::dup_in_batch, twice);
  }
  done.head = head();
  return done;
}

ports::CommitRowResult RoomLog::commit_row(const ports::CommitRow& row, WallTime now, const BeforeLock* found,
                                           Changes& changes) {
  if (!row.device) return commit_of_server(row, now, changes);
  const bool stale = found != nullptr && mutant(Mutant::M11_MembershipOutsideLock);
  const std::map<UserId, ports::Member>& members = stale ? found->members : members_;
  const auto original = [](const wire::Event& event) {
    probe(Probe::dup_returned_original);
    return ports::CommitRowResult{
        .status = wire::SendStatus::Duplicate, .seq = event.seq, .msg_no = event.msg_no, .ts = event.ts};
  };
  const Cseq last = last_cseq(row.device);
  if (row.renumbered) {
    if (const wire::Event* event = find_recent(row.device, row.client_msg_id)) {
      if (row.cseq == last.next()) devices_[row.device] = row.cseq;
      return original(*event);
    }
  }
  if (row.cseq <= last) {
    const wire::Event* event = find(row.device, row.cseq);
    // The planted bug: duplicates are known only within a window of the newest events.
    const bool forgotten = mutant(Mutant::M9_DedupeWindow) && event != nullptr && event->seq.value + 4 <= head().value;
    // The planted bug: one statement locks and looks, and looks at what was there before it had the lock. The unique
    // index keeps the row out of the log; the number that it was given is nobody's.
    const bool unseen = found != nullptr && event != nullptr && event->seq > found->head;
    if (unseen && mutant(Mutant::M3_SingleStatement)) {
      return {.status = wire::SendStatus::Accepted, .seq = head().next(), .msg_no = msg_no() + 1, .ts = now};
    }
    if (!forgotten) {
      if (event == nullptr) return {.status = wire::SendStatus::RejectedBefore};
      const bool same = event->client_msg_id == row.client_msg_id && body_hash_of(*event) == row.body_hash;
      if (!same) {
        probe(Probe::conflict_body);
        return {.status = wire::SendStatus::Conflict};
      }
      return original(*event);
    }
  } else if (row.cseq != last.next()) {
    probe(Probe::out_of_order_nack);
    return {.status = wire::SendStatus::OutOfOrder, .expected = last.next()};
  }
  devices_[row.device] = std::max(last, row.cseq);
  if (!may_append(row, members)) {
    const auto role = role_of(members, row.user);
    probe(Probe::kick_raced_commit, role == wire::Role::None);
    probe(Probe::muted_refused, standing(row.user, members).muted);
    return {.status = wire::SendStatus::Forbidden};
  }
  if (!ports::target_fits(row.kind, row.target, target_of(row.target), row.thread, target_of(row.thread)))
    return {.status = wire::SendStatus::Rejected};
  if (mutant(Mutant::M12_InPlaceEdit) && row.kind == wire::EventKind::Edit) {
    wire::Event& message = events_[row.target.value - 1];
    message.body = row.body;
    return {.status = wire::SendStatus::Accepted, .seq = message.seq, .msg_no = message.msg_no, .ts = message.ts};
  }
  return append_row(row, now, changes);
}

ports::CommitRowResult RoomLog::commit_of_server(const ports::CommitRow& row, WallTime now, Changes& changes) {
  const ports::Standing sender = standing(row.user, members_);
  const bool member = sender.role != wire::Role::None;
  if (row.kind == wire::EventKind::MemberAdd ? member : member || !sender.invited) {
    return {.status = wire::SendStatus::Duplicate};
  }
  if (!may_append(row, members_)) {
    probe(Probe::join_of_the_banned, sender.banned);
    return {.status = wire::SendStatus::Forbidden};
  }
  const bool joins = row.kind == wire::EventKind::MemberAdd;
  probe(Probe::joined_by_invitation, joins && sender.invited);
  probe(Probe::joined_public, joins && !sender.invited);
  return append_row(row, now, changes);
}

ports::CommitRowResult RoomLog::append_row(const ports::CommitRow& row, WallTime now, Changes& changes) {
  const bool joins = row.kind == wire::EventKind::MemberAdd && !members_.contains(row.subject);
  if (joins && std::ranges::find(changes.full, row.subject) != changes.full.end()) {
    return {.status = wire::SendStatus::TooManyRooms};
  }
  const wire::Event& event = append({.kind = row.kind,
                                     .sender = row.user,
                                     .device = row.device,
                                     .cseq = row.cseq,
                                     .client_msg_id = row.client_msg_id,
                                     .target = row.target,
                                     .thread = row.thread,
                                     .subject = row.subject,
                                     .role = row.role,
                                     .body = row.body},
                                    now);
  const ports::CommitRowResult result{
      .status = wire::SendStatus::Accepted, .seq = event.seq, .msg_no = event.msg_no, .ts = event.ts};
  apply(row, event, changes);
  return result;
}

ports::Standing RoomLog::standing(UserId user, const std::map<UserId, ports::Member>& members) const {
  const auto at = standings_.find(user);
  ports::Standing standing = at == standings_.end() ? ports::Standing{} : at->second;
  standing.role = role_of(members, user);
  if (mutant(Mutant::MutedSpeak)) standing.muted = false;
  return standing;
}

bool RoomLog::may_append(const ports::CommitRow& row, const std::map<UserId, ports::Member>& members) const {
  const ports::Target target = target_of(row.target);
  return ports::may_append({.kind = row.kind,
                            .room_kind = kind_,
                            .room_public = public_,
                            .sender = standing(row.user, members),
                            .subject_is_sender = row.subject == row.user,
                            .subject = standing(row.subject, members),
                            .granted = row.role,
                            .target_is_own = target.exists && target.sender == row.user,
                            .mentions_room = wire::mentions_room(row.kind, row.body)});
}

ports::Target RoomLog::target_of(Seq seq) const {
  const wire::Event* event = seq ? at(seq) : nullptr;
  if (event == nullptr) return {};
  return {.exists = true, .kind = event->kind, .sender = event->sender, .thread = event->thread};
}

/// What an appended event changes beside the log.
void RoomLog::apply(const ports::CommitRow& row, const wire::Event& event, Changes& changes) {
  if (wire::has_subject(event.kind)) {
    ports::Standing& subject = standings_[event.subject];
    const ports::Standing before = std::exchange(subject, ports::standing_after(event.kind, event.role, subject));
    if (before.invited != subject.invited) {
      changes.items.push_back(ports::invitation_change(room_, event.seq, row, title_));
    }
  }
  switch (event.kind) {
    case wire::EventKind::MemberAdd: {
      const auto [member, added] =
          members_.try_emplace(event.subject, ports::Member{.user = event.subject,
                                                            .join_seq = event.seq,
                                                            .visible_from = history_joined_ ? event.seq : Seq(1)});
      member->second.role = event.role;
      changes.members.push_back(event.subject);
      break;
    }
    case wire::EventKind::MemberRemove:
    case wire::EventKind::MemberBan:
      if (!members_.contains(event.subject)) break;
      left_[event.subject].emplace_back(members_.at(event.subject).visible_from, event.seq);
      members_.erase(event.subject);
      changes.members.push_back(event.subject);
      break;
    case wire::EventKind::RoomTitle:
      title_ = event.body;
      break;
    case wire::EventKind::RoomVisibility:
      public_ = event.body == wire::kPublic;
      break;
    case wire::EventKind::RoomHistory:
      history_joined_ = event.body == wire::kHistoryJoined;
      break;
    case wire::EventKind::Delete:
      erase_texts_of(event.target);
      break;
    case wire::EventKind::Message:
      for (const UserId user : wire::mentions_of(event.body).users) {
        if (user == event.sender || !members_.contains(user)) continue;
        changes.items.push_back(ports::mention_change(room_, event.seq, event.sender, user));
      }
      break;
    default:
      break;
  }
}

const wire::Event& RoomLog::append(wire::Event event, WallTime now) {
  event.room = room_;
  event.epoch = epoch_;
  event.seq = head().next();
  event.ts = events_.empty() ? now : ports::event_time(events_.back().ts, now);
  event.msg_no = msg_no() + (event.kind == wire::EventKind::Message ? 1 : 0);
  hashes_.push_back(wire::fold(hash_at(head()), event));
  events_.push_back(std::move(event));
  const wire::Event& stored = events_.back();
  if (stored.device) sent_[stored.device].push_back(stored.seq);
  return stored;
}

void RoomLog::erase_texts_of(Seq message) {
  const auto erase = [](wire::Event& event) {
    if (event.erased_hash != 0) return;
    event.erased_hash = wire::body_hash(event.body);
    event.body.clear();
  };
  erase(events_[message.value - 1]);
  for (std::size_t i = message.value; i < events_.size(); ++i) {
    if (events_[i].kind == wire::EventKind::Edit && events_[i].target == message) erase(events_[i]);
  }
}

ports::PageRead RoomLog::page(const ports::ReadPage& request) const {
  ports::PageRead page{.epoch = epoch_, .min_seq = min_seq_, .head = head(), .related_to = head()};
  std::uint64_t first = 0;  // [first, last), as seqs
  std::uint64_t last = 0;
  std::size_t bytes = 0;
  const auto fits = [&](std::uint64_t seq, std::uint64_t taken) {
    bytes += events_[seq - 1].body.size() + 64;
    return taken < request.limit && (taken == 0 || bytes <= request.bytes_max);
  };
  if (request.backward) {
    last = !request.from || request.from > head() ? head().value + 1 : request.from.value;
    first = last = std::max(last, min_seq_.value);
    while (first > min_seq_.value && fits(first - 1, last - first)) --first;
  } else {
    first = last = std::max(request.from.value + 1, min_seq_.value);
    while (last <= head().value && fits(last, last - first)) ++last;
  }
  const Seq before(std::min(first - 1, head().value));
  page.hash_before = hash_at(before);
  for (std::uint64_t seq = first; seq < last; ++seq) page.events.push_back(events_[seq - 1]);
  if (!request.related) return page;
  bytes = 0;
  for (std::uint64_t seq = last; seq <= head().value; ++seq) {
    const wire::Event& event = events_[seq - 1];
    const bool refers =
        event.kind != wire::EventKind::Message && event.target.value >= first && event.target.value < last;
    if (!refers) continue;
    bytes += event.body.size() + 64;
    if (!page.related.empty() && bytes > request.bytes_max) {
      page.related_to = event.seq.prev();
      break;
    }
    page.related.push_back(event);
  }
  return page;
}

ports::RoomLoaded RoomLog::load(ViewId fence) {
  if (fence && fence < fence_) return {.fenced = true};
  fence_ = std::max(fence_, fence);
  ports::RoomLoaded loaded{.exists = true,
                           .kind = kind_,
                           .title = title_,
                           .epoch = epoch_,
                           .head = head(),
                           .msg_no = msg_no(),
                           .min_seq = min_seq_,
                           .last_ts = events_.empty() ? WallTime() : events_.back().ts,
                           .history_joined = history_joined_,
                           .checkpoint_seq = checkpoint_,
                           .checkpoint_hash = hash_at(checkpoint_)};
  for (const auto& [user, member] : members_) loaded.members.push_back(member);
  loaded.tail.assign(events_.begin() + static_cast<std::ptrdiff_t>(checkpoint_.value), events_.end());
  return loaded;
}

bool RoomLog::put_checkpoint(Epoch epoch, Seq seq, PrefixHash hash) {
  if (epoch != epoch_ || seq > head() || seq <= checkpoint_) return true;
  checkpoint_ = seq;
  return hash == hash_at(seq);
}

void RoomLog::cut(Seq min_seq) {
  if (min_seq <= min_seq_ || min_seq > head()) return;
  min_seq_ = min_seq;
  checkpoint_ = std::max(checkpoint_, min_seq.prev());  // written by the same transaction
}

void RoomLog::set_epoch(Epoch epoch) { epoch_ = epoch; }

ports::EpochRaised RoomLog::raise(const ports::RaiseEpoch& request) {
  if (request.fence && request.fence < fence_) return {.fenced = true};
  if (epoch_ == request.expected) epoch_ = request.to;
  return {.epoch = epoch_};
}

}  // namespace starling::sim
