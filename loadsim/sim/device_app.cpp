// The application of a simulated device: what it makes of the engine's notices, and what people have it do.
#include <algorithm>
#include <utility>
#include <variant>

#include "common/base/probe.h"
#include "loadsim/check/stamp.h"
#include "loadsim/sim/device.h"

namespace starling::sim {

// ---- notices

void Device::notice(const client::Notice& notice) {
  std::visit([&](const auto& each) { on(each); }, notice);
}

void Device::on(const client::Applied& n) {
  const wire::Event& event = *n.event;
  witness_->shown(viewer(), event);
  witness_->saw(event.room, watch_->find(event.room)->seen.epoch(), event.seq);
  const bool refers = event.kind != wire::EventKind::Message && event.target;
  probe(Probe::edit_of_unknown_target, refers && event.target <= views_.at(event.room).start);
  views_.shown(event);
}

void Device::on(const client::Settled& n) {
  witness_->settled(viewer(), n);
  if (n.status == wire::SendStatus::Forbidden) ++refused_;
  if (n.seq) witness_->saw(n.room, n.epoch, n.seq);
}

void Device::on(const client::RoomReset& n) { views_.reset(n.answer->room, n.start.seq); }

void Device::on(const client::RoomSynced& n) {
  const wire::SyncedRoom& answer = *n.answer;
  check_answer(answer);
  if (answer.status != wire::SyncStatus::Off) witness_->saw(answer.room, answer.epoch, answer.head);
}

void Device::on(const client::HeadMoved& n) { witness_->saw(n.head->room, n.head->epoch, n.head->seq); }

void Device::on(const client::RoomsListed& n) {
  listed_ = true;
  for (const wire::RoomInfo& info : n.list->rooms) views_.on(info);
}

void Device::on(const client::PageRead& n) {
  const wire::HistoryPage& page = *n.page;
  witness_->page(viewer(), page);
  if (page.status == wire::SyncStatus::Live) check_least(page.room, page.epoch, page.head, page_least_);
  if (!paging_.took(page)) {
    context_->violations.report({.guarantee = check::Guarantee::G2_TotalOrder,
                                 .room = page.room,
                                 .seq = page.events.front().seq,
                                 .user = who_.user,
                                 .device = who_.device,
                                 .text = "two pages of history do not join"});
  }
  page_due_ = paging_.active();
}

void Device::on(const client::Welcomed& n) { ticket_ = n.welcome->ticket; }

void Device::on(const client::StateChanged& n) {
  presence_moved_ = context_->now();
  if (n.state == client::LinkState::Ready) return;
  asked_least_.clear();
  presence_.clear();
}

void Device::on(const client::PresenceSeen& n) {
  for (const wire::UserPresence& each : n.changed->users) presence_[each.user] = each.state;
}

void Device::on(const client::Fatal& n) {
  switch (n.reason) {
    case client::FatalReason::Unauthorized:
    case client::FatalReason::TokenExpired:
      ticket_.clear();
      start_again(within({500ms, 2s}, random()));  // the person logs in again
      return;
    case client::FatalReason::Fenced:
      if (watch_->is_cloned()) {
        ++context_->tally(users::FaultKind::ClientClone).effective;
        return start_again(within({3s, 12s}, random()));
      }
      break;
    case client::FatalReason::DeviceConflict:
      another_due_ = true;
      if (watch_->is_cloned()) return;
      break;
    case client::FatalReason::DeviceChanged:
    case client::FatalReason::Version:
      break;
  }
  context_->violations.report({.guarantee = check::Guarantee::G8_Integrity,
                               .user = who_.user,
                               .device = who_.device,
                               .text = "the engine gave up, reason " + std::to_string(static_cast<int>(n.reason))});
}

// ---- answers that are too old

void Device::note_asked(const wire::ClientFrame& frame) {
  if (const auto* sync = std::get_if<wire::Sync>(&frame)) {
    for (const wire::SyncRoom& each : sync->rooms) {
      asked_least_[each.room].push_back({each.cursor.epoch, witness_->least(each.room, each.cursor.epoch)});
    }
  } else if (const auto* history = std::get_if<wire::HistoryRequest>(&frame)) {
    const check::WatchedRoom* seen = watch_->find(history->room);
    const Epoch epoch = seen != nullptr ? seen->seen.epoch() : Epoch();
    page_least_ = {epoch, witness_->least(history->room, epoch)};
  }
}

/// Answers do not name their questions, and come in order: this one is to the oldest Sync, or to a later one.
void Device::check_answer(const wire::SyncedRoom& answer) {
  const auto asked = asked_least_.find(answer.room);
  if (asked == asked_least_.end() || asked->second.empty()) return;
  // The server resets a room also when nobody asked: that may be no answer.
  if (answer.status == wire::SyncStatus::Reset && answer.reason != wire::ResetReason::NewDevice) return;
  if (answer.status != wire::SyncStatus::Off) {
    check_least(answer.room, answer.epoch, answer.head, asked->second.front());
  }
  asked->second.pop_front();
}

void Device::check_least(RoomId room, Epoch epoch, Seq head, const Least& least) {
  if (epoch != least.epoch || head >= least.seq) return;
  context_->violations.report({.guarantee = check::Guarantee::G5_ReadYourWrites,
                               .room = room,
                               .seq = head,
                               .user = who_.user,
                               .device = who_.device,
                               .text = "the answer's head is " + std::to_string(head.value) + ", others saw " +
                                       std::to_string(least.seq.value) + " two seconds before it was asked for"});
}

// ---- commands

people::Done Device::act(users::Action action) {
  if (!running()) return people::Done::Nothing;
  people::Done done = people::Done::Nothing;
  input([&](client::Session& session, Instant now, client::Output& out) {
    done = people::act(*person_, session, action, {.intended = now, .now = now}, out);
  });
  if (done == people::Done::Leave) hang_up_and_return();
  return done;
}

void Device::hang_up_and_return() {
  if (!running()) return;
  network_->hang_up(who_.index);
  Link& link = network_->link(who_.index);
  link.client_end = true;  // until the engine is told, which is now
  on_hang_up(link.attempt, 0);
}

void Device::count_oddities() {
  if (!running() || !person_) return;
  const client::SessionCounters& odd = session_->counters();
  report::Counters& counters = person_->company().counters;
  counters.redelivered += odd.redelivered;
  counters.gaps += odd.gaps;
  counters.replayed += odd.replayed;
}

bool Device::send(RoomId room, client::Draft draft) {
  if (!running()) return false;
  bool accepted = false;
  input([&](client::Session& session, Instant now, client::Output& out) {
    accepted = session.send(room, std::move(draft), now, out).has_value();
  });
  return accepted;
}

bool Device::say(RoomId room, std::size_t bytes, Seq reply_to, std::string_view extra) {
  const check::Stamp stamp{.run = 1,
                           .room = room,
                           .device = who_.device,
                           .number = next_number(),
                           .intended_ns = context_->now().time_since_epoch().count()};
  return send(room, {.target = reply_to, .body = check::stamped_body(stamp, bytes, extra)});
}

void Device::send_anew(const wire::Send& entry) {
  const bool stamped = !context_->options.keep_texts;  // a stamp names the device that wrote it
  if (stamped && entry.kind == wire::EventKind::Message) {
    say(entry.room, entry.body.size(), entry.target);
  } else if (stamped && entry.kind == wire::EventKind::Edit) {
    edit(entry.room, entry.target, entry.body.size());
  } else {
    send(entry.room, {.kind = entry.kind,
                      .target = entry.target,
                      .thread = entry.thread,
                      .subject = entry.subject,
                      .role = entry.role,
                      .body = entry.body});
  }
}

bool Device::edit(RoomId room, Seq message, std::size_t bytes) {
  const check::Stamp stamp{.run = 1, .room = room, .device = who_.device, .number = next_number()};
  return send(room, {.kind = wire::EventKind::Edit, .target = message, .body = check::stamped_body(stamp, bytes)});
}

void Device::create_room(wire::RoomKind kind, std::string title, std::vector<UserId> members) {
  if (!running()) return;
  input([&](client::Session& session, Instant now, client::Output& out) {
    (void)session.create_room(kind, std::move(title), std::move(members), now, out);
  });
}

void Device::join_room(RoomId room, bool decline) {
  if (!running()) return;
  input([&](client::Session& session, Instant now, client::Output& out) {
    (void)session.join_room(room, decline, now, out);
  });
}

/// As who sees what the disk has: a base that is too old is a conflict, and nobody's loss.
void Device::put_item(wire::ItemKind kind, std::string key, std::string value) {
  if (!running()) return;
  const auto known = disk_.items().find({kind, key});
  const std::uint64_t base = known == disk_.items().end() ? 0 : known->second.version;
  input([&](client::Session& session, Instant now, client::Output& out) {
    (void)session.put_item(kind, std::move(key), std::move(value), base, now, out);
  });
}

void Device::read_pages(RoomId room, Seq from, bool backward) {
  if (!ready() || paging_.active()) return;
  paging_.begin(room, from, backward);
  ask_next_page();
}

void Device::ask_next_page() {
  if (!ready() || !paging_.active()) return;
  constexpr std::uint32_t kPage = 30;
  bool asked = false;
  input([&](client::Session& session, Instant now, client::Output& out) {
    const auto id = session.read_history(paging_.room(), paging_.from(), paging_.backward(), kPage, now, out);
    asked = id.has_value();
    if (asked) paging_.asked(*id);
  });
  if (!asked) paging_.stop();
}

void Device::mark_read(RoomId room) {
  if (!running()) return;
  const ShownRoom& view = views_.at(room);
  if (!view.head) return;
  input([&](client::Session& session, Instant now, client::Output& out) {
    (void)session.mark_read(room, view.head, view.msg_no, now, out);
  });
}

void Device::mark_read_beyond(RoomId room, std::uint64_t by) {
  if (!running()) return;
  const ShownRoom& view = views_.at(room);
  input([&](client::Session& session, Instant now, client::Output& out) {
    (void)session.mark_read(room, Seq(view.head.value + by), view.msg_no + by, now, out);
  });
}

void Device::watch_people(RoomId room, std::vector<UserId> users, bool receipts) {
  if (!running()) return;
  const std::vector<UserId> before = watched_[room];
  bool accepted = false;
  input([&](client::Session& session, Instant, client::Output& out) {
    accepted = session.watch(room, users, receipts, out).has_value();
  });
  if (!running()) return;
  if (accepted) watched_[room] = std::move(users);
  if (watched_[room].empty()) watched_.erase(room);
  // Who is shown nowhere any more is not told of.
  for (const UserId user : before) {
    const auto shows = [&](const auto& each) { return std::ranges::find(each.second, user) != each.second.end(); };
    if (std::ranges::none_of(watched_, shows)) presence_.erase(user);
  }
}

void Device::set_away(bool away) {
  if (!running()) return;
  away_ = away;
  presence_moved_ = context_->now();
  input([&](client::Session& session, Instant, client::Output& out) { session.set_away(away, out); });
}

void Device::type(RoomId room) {
  if (!running()) return;
  input([&](client::Session& session, Instant now, client::Output& out) { session.typing(room, now, out); });
}

void Device::set_mode(RoomId room, wire::SyncMode mode) {
  if (!running()) return;
  input([&](client::Session& session, Instant now, client::Output& out) {
    (void)session.set_mode(room, mode, now, out);
  });
}

}  // namespace starling::sim
