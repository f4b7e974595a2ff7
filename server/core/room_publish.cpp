// What a home does with an event that it knows to be committed.
#include <utility>

#include "common/base/sort_unique.h"
#include "common/wire/mentions.h"
#include "server/core/read_slot.h"
#include "server/core/room_homes.h"

namespace starling::core {

RoomHomes::Concerned RoomHomes::concerned_by(std::span<const wire::Event> events) {
  Concerned users;
  for (const wire::Event& event : events) {
    if (wire::changes_member(event.kind)) users.changed.push_back(event.subject);
    if (event.kind == wire::EventKind::MemberInvite) users.called.push_back(event.subject);
    if (event.kind != wire::EventKind::Message) continue;
    for (const UserId user : wire::mentions_of(event.body).users) users.called.push_back(user);
  }
  return users;
}

/// `event` is the next one of the log.
void RoomHomes::append(RoomHome& home, const wire::Event& event) {
  HomeWork& w = work(home);
  const PrefixHash before = home.hash;
  home.hash = wire::fold(before, event);
  home.head = event.seq;
  home.msg_no = event.msg_no;
  ++turn_.counters.events_committed;

  if (event.kind == wire::EventKind::Delete) {
    const std::size_t was = w.tail.bytes();
    w.tail.erase_texts_of(event.target);
    tail_bytes_ -= was - w.tail.bytes();
  }
  tail_bytes_ -= w.tail.bytes();
  w.tail.append(event, before);
  w.tail.trim(turn_.config.tail_bytes_per_room);
  if (tail_bytes_ + w.tail.bytes() > turn_.config.tail_bytes_per_shard) w.tail.trim(0);
  tail_bytes_ += w.tail.bytes();
  if (event.device) {
    const auto newest = w.newest.find(event.device.value);
    if (!newest || *newest < event.cseq.value) w.newest.set(event.device.value, event.cseq.value);
  }

  if (event.kind == wire::EventKind::MemberAdd) {
    home.members.set(event.subject, event.role, home.history_joined ? event.seq : Seq(1));
  }
  if (wire::ends_membership(event.kind)) home.members.erase(event.subject);
  if (event.kind == wire::EventKind::RoomHistory) home.history_joined = event.body == wire::kHistoryJoined;

  if (event.seq.value % ports::kCheckpointEvery == 0) {
    // Best effort: a missing checkpoint only makes the next load longer.
    store_.submit(ports::PutCheckpoint{.room = home.id, .epoch = home.epoch, .seq = event.seq, .hash = home.hash},
                  CheckpointCall{});
  }
}

void RoomHomes::publish(RoomHome& home, std::vector<wire::Event>&& events) {
  if (events.empty()) return;
  touch(home);
  tails_.append(home.id, home.epoch, events);
  const Concerned users = concerned_by(events);
  links_.publish(home.shards,
                 ports::EventsPublished{.room = home.id, .epoch = home.epoch, .events = std::move(events)});
  // The event came first, so that whoever is removed sees why before the room disappears.
  note(home.id, users);
}

void RoomHomes::note(RoomId room, const Concerned& users) {
  for (const UserId user : users.changed) note_membership(room, user);
  for (const UserId user : users.called) links_.ask(turn_.home(user), ports::ItemsChanged{.user = user});
}

void RoomHomes::note_membership(RoomId room, UserId user) {
  links_.ask(turn_.home(user), ports::MembershipChanged{.user = user, .room = room});
}

/// Another home may have died before the users whom its last batches concerned were told: it commits the next one while it
/// still repeats what was lost. When its rooms come here all at once, they are told a piece at a time, and no room's more than its
/// batch at once: each asks the store for what it has.
void RoomHomes::note_again(RoomId room, std::span<const wire::Event> events) {
  Concerned users = concerned_by(events);
  sort_unique(users.changed);
  sort_unique(users.called);
  if (users.changed.empty() && users.called.empty()) return;
  noted_again_.push_back({.room = room, .users = std::move(users)});
  turn_.schedule.arm(Chore::NoteAgain, next_slot(turn_.now.at));
}

void RoomHomes::note_some() {
  for (std::size_t told = 0; told < kReadsASlot && !noted_again_.empty(); noted_again_.pop_front()) {
    const auto& [room, users] = noted_again_.front();
    if (turn_.home(room) != turn_.self) continue;  // who has it now reads it, and tells them
    note(room, users);
    told += users.changed.size() + users.called.size();
  }
  if (!noted_again_.empty()) turn_.schedule.arm(Chore::NoteAgain, next_slot(turn_.now.at));
}

void RoomHomes::forget_tail(RoomHome& home) {
  if (home.work == nullptr) return;
  tail_bytes_ -= home.work->tail.bytes();
  home.work->tail.clear();
}

void RoomHomes::tell_epoch(RoomHome& home) {
  forget_tail(home);
  // Numbers of the old epoch may come again with other messages.
  if (home.work != nullptr) home.work->newest = FlatIndex();
  links_.publish(home.shards, ports::EpochNotice{.at = home.position()});
}

/// The log has gone on without this home. The shards fetch what they lack, or learn that it is cut.
void RoomHomes::tell_head(RoomHome& home) {
  forget_tail(home);
  links_.publish(home.shards, ports::HeadDigest{.heads = {{.room = home.id, .epoch = home.epoch, .head = home.head}}});
}

}  // namespace starling::core
