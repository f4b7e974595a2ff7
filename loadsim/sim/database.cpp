#include "loadsim/sim/database.h"

#include <algorithm>
#include <cstring>
#include <type_traits>
#include <utility>

#include "common/base/assert.h"

namespace starling::sim {
namespace {

RoomId room_of(const ports::Digest& code) {
  RoomId room;
  std::memcpy(&room.value, code.data(), sizeof room.value);
  return room;
}

}  // namespace

void Database::seed_room(RoomId room, wire::RoomKind kind, const std::vector<UserId>& members, WallTime now) {
  make_room(RoomLog(room, kind, "room " + std::to_string(room.value)), members, now);
}

void Database::make_room(RoomLog log, const std::vector<UserId>& members, WallTime now) {
  const RoomId room = log.room();
  for (const UserId user : members) {
    const bool owner = log.kind() == wire::RoomKind::Group && user == members.front();
    log.add_founder(user, owner ? wire::Role::Owner : wire::Role::Member, now);
  }
  rooms_.try_emplace(room, std::move(log));
  for (const UserId user : members) refresh_membership(room, user);
}

ports::Digest code_of(RoomId room) {
  ports::Digest code{};
  std::memcpy(code.data(), &room.value, sizeof room.value);
  return code;
}

const RoomLog* Database::find(RoomId room) const {
  const auto at = rooms_.find(room);
  return at == rooms_.end() ? nullptr : &at->second;
}

void Database::refresh_membership(RoomId room, UserId user) {
  const bool member = rooms_.at(room).members().contains(user);
  std::vector<RoomId>& list = rooms_of_[user];
  const auto at = std::lower_bound(list.begin(), list.end(), room);
  const bool listed = at != list.end() && *at == room;
  if (member && !listed) list.insert(at, room);
  if (!member && listed) list.erase(at);
  ++users_[user].rooms_version;
}

bool Database::in_rooms(UserId user, std::uint32_t count) const {
  const auto at = rooms_of_.find(user);
  return at != rooms_of_.end() && at->second.size() >= count;
}

ports::StoreResult Database::execute(ports::StoreRequest request, const BeforeLock* found, Instant at) {
  return std::visit(
      [&](auto& each) -> ports::StoreResult {
        if constexpr (std::is_same_v<std::decay_t<decltype(each)>, ports::CommitBatch>) {
          return on(each, found);
        } else if constexpr (std::is_same_v<std::decay_t<decltype(each)>, ports::KeepLease>) {
          return on(each, at);
        } else if constexpr (std::is_same_v<std::decay_t<decltype(each)>, ports::ReadAccounts> ||
                             std::is_same_v<std::decay_t<decltype(each)>, ports::ChangeAccounts>) {
          // Of the service beside the shards, which the simulated world does without.
          STARLING_ASSERT(false);
          return ports::Done{};
        } else {
          return on(each);
        }
      },
      request);
}

ports::StoreResult Database::on(const ports::LoadRoom& request) {
  const auto at = rooms_.find(request.room);
  return at != rooms_.end() ? at->second.load(request.fence) : ports::RoomLoaded{};
}

ports::StoreResult Database::on(ports::CommitBatch& request, const BeforeLock* found) {
  const auto at = rooms_.find(request.room);
  if (at == rooms_.end()) {
    ports::Committed none{.exists = false};
    none.results.assign(request.rows.size(), {.status = wire::SendStatus::NoSuchRoom});
    none.batch = std::move(request);
    return none;
  }
  RoomLog::Changes changes;
  for (const ports::CommitRow& row : request.rows) {
    const bool joins = row.kind == wire::EventKind::MemberAdd && !at->second.members().contains(row.subject);
    if (joins && in_rooms(row.subject, request.rooms_per_user_max)) changes.full.push_back(row.subject);
  }
  ports::Committed done = at->second.commit(request, found, changes);
  for (const UserId user : changes.members) refresh_membership(request.room, user);
  for (const ports::ItemChange& change : changes.items) users_[change.user].items.change(change);
  return done;
}

ports::StoreResult Database::on(const ports::ChangeRooms& request) {
  const auto* use = std::get_if<ports::UseLink>(&request.request);
  if (use == nullptr) return ports::Done{};
  const auto at = rooms_.find(room_of(use->code));
  if (at == rooms_.end()) return ports::RoomsAnswered{ports::LinkUsed{}};
  at->second.let_in(use->caller);
  return ports::RoomsAnswered{ports::LinkUsed{.use = ports::LinkUse::Invited, .room = at->first}};
}

ports::PageRead Database::page(const ports::ReadPage& request) const {
  const RoomLog* room = find(request.room);
  return room != nullptr ? room->page(request) : ports::PageRead{.exists = false};
}

ports::StoreResult Database::on(const ports::ReadDevice& request) {
  const RoomLog* room = find(request.room);
  return ports::DeviceRead{.last_cseq = room != nullptr ? room->last_cseq(request.device) : Cseq()};
}

ports::StoreResult Database::on(const ports::LoadUser& request) {
  const User& user = users_[request.user];
  ports::UserLoaded loaded{.rooms_version = user.rooms_version, .items_version = user.items.version()};
  for (const RoomId id : rooms_of_[request.user]) {
    const RoomLog& room = rooms_.at(id);
    ports::UserRoom entry{
        .info = {.room = id, .kind = room.kind(), .role = room.members().at(request.user).role, .title = room.title()}};
    if (const auto mark = user.marks.find(id); mark != user.marks.end()) {
      entry.read_seq = mark->second.first;
      entry.read_msg_no = mark->second.second;
    }
    loaded.rooms.push_back(std::move(entry));
  }
  return loaded;
}

ports::StoreResult Database::on(const ports::LoadItems& request) {
  return users_[request.user].items.after(request.after);
}

ports::StoreResult Database::on(const ports::PutItem& request) { return users_[request.user].items.put(request); }

const ItemBook* Database::items_of(UserId user) const {
  const auto at = users_.find(user);
  return at == users_.end() ? nullptr : &at->second.items;
}

ports::StoreResult Database::on(const ports::CreateRoom& request) {
  const std::pair key(request.device, request.request_id);
  if (const auto made = created_.find(key); made != created_.end()) {
    return ports::RoomMade{.status = wire::CreateStatus::Existed, .room = made->second};
  }
  std::vector<UserId> members{request.user};
  for (const UserId user : request.members) {
    if (std::find(members.begin(), members.end(), user) == members.end()) members.push_back(user);
  }
  const bool direct = request.kind == wire::RoomKind::Direct;
  if (direct && members.size() != 2) return ports::RoomMade{.status = wire::CreateStatus::Rejected};
  const auto pair = direct ? std::pair(std::min(members[0], members[1]), std::max(members[0], members[1]))
                           : std::pair<UserId, UserId>();
  if (const auto known = direct_.find(pair); direct && known != direct_.end()) {
    created_.emplace(key, known->second);
    return ports::RoomMade{.status = wire::CreateStatus::Existed, .room = known->second};
  }
  for (const UserId user : members) {
    if (in_rooms(user, request.rooms_per_user_max)) return ports::RoomMade{.status = wire::CreateStatus::TooManyRooms};
  }
  if (rooms_.contains(request.proposed)) return ports::RoomMade{.status = wire::CreateStatus::Busy};
  created_.emplace(key, request.proposed);
  if (direct) direct_.emplace(pair, request.proposed);
  make_room(RoomLog(request.proposed, request.kind, request.title), members, request.now);
  return ports::RoomMade{.status = wire::CreateStatus::Created, .room = request.proposed};
}

ports::StoreResult Database::on(const ports::PutReadMarks& request) {
  for (const ports::ReadMarkRow& row : request.marks) {
    auto& mark = users_[row.user].marks[row.room];
    if (row.seq > mark.first) mark = {row.seq, row.msg_no};
  }
  return ports::Done{};
}

ports::StoreResult Database::on(const ports::PutCheckpoint& request) {
  const auto at = rooms_.find(request.room);
  if (at != rooms_.end() && !at->second.put_checkpoint(request.epoch, request.seq, request.hash)) ++wrong_checkpoints_;
  return ports::Done{};
}

ports::StoreResult Database::on(const ports::RaiseEpoch& request) {
  const auto at = rooms_.find(request.room);
  return at != rooms_.end() ? at->second.raise(request) : ports::EpochRaised{};
}

void Database::cut(RoomId room, Seq min_seq) { rooms_.at(room).cut(min_seq); }

void Database::raise_epochs(const Database& before) {
  for (auto& [id, room] : rooms_) {
    const RoomLog* was = before.find(id);
    room.set_epoch(std::max(room.epoch(), was != nullptr ? was->epoch() : Epoch()).next());
  }
  views_.raise_above(before.views_);
  // Room lists held by clients may be newer than the backup's: no version may be used twice.
  for (auto& [id, user] : users_) {
    const auto was = before.users_.find(id);
    const bool known = was != before.users_.end();
    if (known) user.rooms_version = std::max(user.rooms_version, was->second.rooms_version) + 1;
    user.items.raise_above(known ? was->second.items.version() : 0);
  }
}

bool DatabaseLedger::next(check::LedgerRoom& room) {
  if (at_ == end_) return false;
  const RoomLog& log = at_->second;
  room = {.room = log.room(), .epoch = log.epoch(), .head = log.head(), .min_seq = log.min_seq()};
  room.events.reserve(log.events().size());
  for (const wire::Event& event : log.events()) room.events.push_back(check::ledger_event(event));
  for (const auto& [device, cseq] : log.devices()) room.devices.push_back({.device = device, .last_cseq = cseq});
  ++at_;
  return true;
}

}  // namespace starling::sim
