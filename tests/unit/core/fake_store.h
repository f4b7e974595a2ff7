// A store small enough to read at a glance: rooms in memory, one operation at a time, in the order of submission. What a
// test wants to go wrong it does between submission and completion.
#pragma once

#include <cstdint>
#include <cstdlib>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "loadsim/sim/item_book.h"
#include "server/ports/store.h"

namespace starling::core::testing {

struct FakeRoom {
  wire::RoomKind kind = wire::RoomKind::Group;
  std::string title = "a room";
  Epoch epoch{1};
  Seq min_seq{1};
  std::vector<wire::Event> events;  // [i] has seq i + 1
  std::map<UserId, wire::Role> members;
  std::map<UserId, Seq> visible_from;  // where it is not the beginning
  bool is_public = false;
  std::map<UserId, bool> invited;
  std::map<DeviceId, Cseq> devices;
  ViewId fence;

  Seq head() const { return Seq(events.size()); }
  std::uint64_t msg_no() const { return events.empty() ? 0 : events.back().msg_no; }
  PrefixHash hash_at(Seq seq) const;
  wire::Event& append(wire::Event event);
};

class FakeStore {
 public:
  /// `events` messages by user 1 follow the members' own events.
  FakeRoom& add_room(RoomId room, const std::vector<UserId>& members, std::size_t messages = 0);
  FakeRoom& room(RoomId id) { return rooms_.at(id); }
  sim::ItemBook& items(UserId user) { return items_[user]; }
  std::map<UserId, std::uint64_t>& versions() { return versions_; }
  std::map<std::pair<UserId, RoomId>, ports::ReadMarkRow>& marks() { return marks_; }
  const std::vector<ports::PutCheckpoint>& checkpoints() const { return checkpoints_; }

  ports::StoreResult execute(ports::StoreRequest&& request);

 private:
  ports::StoreResult on(const ports::LoadRoom& op);
  ports::StoreResult on(ports::CommitBatch& op);
  ports::StoreResult on(const ports::ReadPage& op);
  ports::StoreResult on(const ports::ReadDevice& op);
  ports::StoreResult on(const ports::LoadUser& op);
  ports::StoreResult on(const ports::CreateRoom& op);
  ports::StoreResult on(const ports::PutReadMarks& op);
  ports::StoreResult on(const ports::PutCheckpoint& op);
  ports::StoreResult on(const ports::RaiseEpoch& op);
  ports::StoreResult on(const ports::LoadItems& op) { return items_[op.user].after(op.after); }
  ports::StoreResult on(const ports::PutItem& op) { return items_[op.user].put(op); }
  /// The test says which nodes there are.
  ports::StoreResult on(const ports::KeepLease&) { std::abort(); }
  ports::StoreResult on(const ports::ReadRooms&) { return ports::Done{}; }
  ports::StoreResult on(const ports::ChangeRooms&) { return ports::Done{}; }
  /// The core never asks for accounts.
  ports::StoreResult on(const ports::ReadAccounts&) { std::abort(); }
  ports::StoreResult on(const ports::ChangeAccounts&) { std::abort(); }
  bool in_rooms(UserId user, std::uint32_t count) const;
  ports::CommitRowResult commit_row(FakeRoom& room, RoomId id, const ports::CommitRow& row,
                                    const ports::CommitBatch& batch);

  std::map<RoomId, FakeRoom> rooms_;
  std::map<UserId, std::uint64_t> versions_;
  std::map<std::pair<UserId, RoomId>, ports::ReadMarkRow> marks_;
  std::map<std::pair<DeviceId, std::uint64_t>, RoomId> created_;
  std::vector<ports::PutCheckpoint> checkpoints_;
  std::map<UserId, sim::ItemBook> items_;
};

}  // namespace starling::core::testing
