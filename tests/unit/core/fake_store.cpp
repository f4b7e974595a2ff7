#include "tests/unit/core/fake_store.h"

#include <algorithm>
#include <utility>

#include "server/ports/authorize.h"

namespace starling::core::testing {

PrefixHash FakeRoom::hash_at(Seq seq) const {
  PrefixHash hash;
  for (std::size_t i = 0; i < seq.value && i < events.size(); ++i) hash = wire::fold(hash, events[i]);
  return hash;
}

wire::Event& FakeRoom::append(wire::Event event) {
  event.epoch = epoch;
  event.seq = head().next();
  event.msg_no = msg_no() + (event.kind == wire::EventKind::Message ? 1 : 0);
  events.push_back(std::move(event));
  return events.back();
}

FakeRoom& FakeStore::add_room(RoomId id, const std::vector<UserId>& members, std::size_t messages) {
  FakeRoom& room = rooms_[id];
  for (const UserId user : members) {
    const wire::Role role = user == members.front() ? wire::Role::Owner : wire::Role::Member;
    room.append({.room = id, .kind = wire::EventKind::MemberAdd, .sender = user, .subject = user, .role = role});
    room.members[user] = role;
    ++versions_[user];
  }
  for (std::size_t i = 0; i < messages; ++i) {
    const Cseq cseq(static_cast<std::uint32_t>(i + 1));
    room.append({.room = id,
                 .sender = UserId(1),
                 .device = DeviceId(900),
                 .cseq = cseq,
                 .client_msg_id = ClientMsgId(i + 1),
                 .body = "old " + std::to_string(i + 1)});
    room.devices[DeviceId(900)] = cseq;
  }
  return room;
}

ports::StoreResult FakeStore::execute(ports::StoreRequest&& request) {
  return std::visit([&](auto& op) { return on(op); }, request);
}

ports::StoreResult FakeStore::on(const ports::LoadRoom& op) {
  const auto at = rooms_.find(op.room);
  if (at == rooms_.end()) return ports::RoomLoaded{};
  FakeRoom& room = at->second;
  if (op.fence && op.fence < room.fence) return ports::RoomLoaded{.fenced = true};
  room.fence = std::max(room.fence, op.fence);
  ports::RoomLoaded loaded{.exists = true,
                           .kind = room.kind,
                           .epoch = room.epoch,
                           .head = room.head(),
                           .msg_no = room.msg_no(),
                           .min_seq = room.min_seq,
                           .tail = room.events};
  for (const auto& [user, role] : room.members) {
    const auto from = room.visible_from.find(user);
    loaded.members.push_back(
        {.user = user, .role = role, .visible_from = from == room.visible_from.end() ? Seq(1) : from->second});
  }
  return loaded;
}

bool FakeStore::in_rooms(UserId user, std::uint32_t count) const {
  return std::ranges::count_if(rooms_, [&](const auto& room) { return room.second.members.contains(user); }) >= count;
}

ports::CommitRowResult FakeStore::commit_row(FakeRoom& room, RoomId id, const ports::CommitRow& row,
                                             const ports::CommitBatch& batch) {
  const auto original = [](const wire::Event& event) {
    return ports::CommitRowResult{
        .status = wire::SendStatus::Duplicate, .seq = event.seq, .msg_no = event.msg_no, .ts = event.ts};
  };
  const auto role_of = [&](UserId user) {
    const auto at = room.members.find(user);
    return at == room.members.end() ? wire::Role::None : at->second;
  };
  const bool member = role_of(row.user) != wire::Role::None;
  const bool invited = room.invited[row.user];
  if (!row.device && (row.kind == wire::EventKind::MemberAdd ? member : member || !invited)) {
    return {.status = wire::SendStatus::Duplicate};
  }
  const Cseq last = room.devices[row.device];
  for (const wire::Event& event : room.events) {
    if (row.renumbered && event.device == row.device && event.client_msg_id == row.client_msg_id) {
      if (row.cseq == last.next()) room.devices[row.device] = row.cseq;
      return original(event);
    }
    if (!row.device || event.device != row.device || event.cseq != row.cseq) continue;
    if (event.client_msg_id == row.client_msg_id) return original(event);
    return {.status = wire::SendStatus::Conflict};
  }
  if (row.device) {
    if (row.cseq <= last) return {.status = wire::SendStatus::RejectedBefore};
    if (row.cseq != last.next()) return {.status = wire::SendStatus::OutOfOrder, .expected = last.next()};
    room.devices[row.device] = row.cseq;
  }
  const bool may = ports::may_append({.kind = row.kind,
                                      .room_kind = room.kind,
                                      .room_public = room.is_public,
                                      .sender = {.role = role_of(row.user), .invited = invited},
                                      .subject_is_sender = row.subject == row.user,
                                      .subject = {.role = role_of(row.subject)},
                                      .granted = row.role,
                                      .target_is_own = true});
  if (!may) return {.status = wire::SendStatus::Forbidden};
  const bool joins = row.kind == wire::EventKind::MemberAdd && role_of(row.subject) == wire::Role::None;
  if (joins && in_rooms(row.subject, batch.rooms_per_user_max)) return {.status = wire::SendStatus::TooManyRooms};
  const wire::Event& event = room.append({.room = id,
                                          .kind = row.kind,
                                          .sender = row.user,
                                          .device = row.device,
                                          .cseq = row.cseq,
                                          .client_msg_id = row.client_msg_id,
                                          .ts = batch.now,
                                          .target = row.target,
                                          .thread = row.thread,
                                          .subject = row.subject,
                                          .role = row.role,
                                          .body = row.body});
  if (row.kind == wire::EventKind::MemberInvite) {
    room.invited[row.subject] = true;
    items_[row.subject].change(ports::invitation_change(id, event.seq, row, room.title));
  }
  if (row.kind == wire::EventKind::MemberAdd || row.kind == wire::EventKind::MemberRemove) {
    if (std::exchange(room.invited[row.subject], false)) {
      items_[row.subject].change(ports::invitation_change(id, event.seq, row, room.title));
    }
  }
  if (row.kind == wire::EventKind::MemberAdd) {
    room.members[row.subject] = row.role;
    ++versions_[row.subject];
  }
  if (wire::ends_membership(row.kind)) {
    room.members.erase(row.subject);
    ++versions_[row.subject];
  }
  return {.status = wire::SendStatus::Accepted, .seq = event.seq, .msg_no = event.msg_no, .ts = event.ts};
}

ports::StoreResult FakeStore::on(ports::CommitBatch& op) {
  const auto at = rooms_.find(op.room);
  ports::Committed done;
  if (at == rooms_.end()) {
    done.exists = false;
    done.results.assign(op.rows.size(), {.status = wire::SendStatus::NoSuchRoom});
  } else if (op.fence && op.fence < at->second.fence) {
    done.fenced = true;
  } else {
    FakeRoom& room = at->second;
    done.epoch = room.epoch;
    done.prev_head = room.head();
    for (const ports::CommitRow& row : op.rows) {
      done.results.push_back(op.epoch == room.epoch ? commit_row(room, op.room, row, op)
                                                    : ports::CommitRowResult{.status = wire::SendStatus::StaleEpoch});
    }
    done.head = room.head();
  }
  done.batch = std::move(op);
  return done;
}

ports::StoreResult FakeStore::on(const ports::ReadPage& op) {
  const auto at = rooms_.find(op.room);
  if (at == rooms_.end()) return ports::PageRead{.exists = false};
  const FakeRoom& room = at->second;
  ports::PageRead page{.epoch = room.epoch, .min_seq = room.min_seq, .head = room.head(), .related_to = room.head()};
  std::uint64_t first = std::max(op.from.value + 1, room.min_seq.value);
  std::uint64_t end = std::min(first + op.limit, room.head().value + 1);
  if (op.backward) {
    end = op.from && op.from <= room.head() ? op.from.value : room.head().value + 1;
    first = std::max(room.min_seq.value, end > op.limit ? end - op.limit : 1);
  }
  page.hash_before = room.hash_at(Seq(std::min(first - 1, room.head().value)));
  for (std::uint64_t seq = first; seq < end; ++seq) page.events.push_back(room.events[seq - 1]);
  for (std::uint64_t seq = end; op.related && seq <= room.head().value; ++seq) {
    const wire::Event& event = room.events[seq - 1];
    if (event.target.value >= first && event.target.value < end) page.related.push_back(event);
  }
  return page;
}

ports::StoreResult FakeStore::on(const ports::ReadDevice& op) {
  return ports::DeviceRead{.last_cseq = rooms_.at(op.room).devices[op.device]};
}

ports::StoreResult FakeStore::on(const ports::LoadUser& op) {
  ports::UserLoaded loaded{.rooms_version = versions_[op.user], .items_version = items_[op.user].version()};
  for (const auto& [id, room] : rooms_) {
    const auto member = room.members.find(op.user);
    if (member == room.members.end()) continue;
    ports::UserRoom entry{.info = {.room = id, .kind = room.kind, .role = member->second, .title = room.title}};
    if (const auto mark = marks_.find({op.user, id}); mark != marks_.end()) {
      entry.read_seq = mark->second.seq;
      entry.read_msg_no = mark->second.msg_no;
    }
    loaded.rooms.push_back(std::move(entry));
  }
  return loaded;
}

ports::StoreResult FakeStore::on(const ports::CreateRoom& op) {
  if (in_rooms(op.user, op.rooms_per_user_max)) return ports::RoomMade{.status = wire::CreateStatus::TooManyRooms};
  const auto [at, made] = created_.try_emplace({op.device, op.request_id}, op.proposed);
  if (!made) return ports::RoomMade{.status = wire::CreateStatus::Existed, .room = at->second};
  std::vector<UserId> members{op.user};
  members.insert(members.end(), op.members.begin(), op.members.end());
  add_room(op.proposed, members).kind = op.kind;
  return ports::RoomMade{.status = wire::CreateStatus::Created, .room = op.proposed};
}

ports::StoreResult FakeStore::on(const ports::PutReadMarks& op) {
  for (const ports::ReadMarkRow& row : op.marks) {
    auto& mark = marks_[{row.user, row.room}];
    if (row.seq > mark.seq) mark = row;
  }
  return ports::Done{};
}

ports::StoreResult FakeStore::on(const ports::PutCheckpoint& op) {
  checkpoints_.push_back(op);
  return ports::Done{};
}

ports::StoreResult FakeStore::on(const ports::RaiseEpoch& op) {
  FakeRoom& room = rooms_.at(op.room);
  if (op.fence && op.fence < room.fence) return ports::EpochRaised{.fenced = true};
  if (room.epoch == op.expected) room.epoch = op.to;
  return ports::EpochRaised{.epoch = room.epoch};
}

}  // namespace starling::core::testing
