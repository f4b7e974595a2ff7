// All that the store model holds durably: rooms, users, keys of created rooms. Executes one operation at a time, as one
// transaction. Copyable: a copy is a backup.
#pragma once

#include <cstdint>
#include <map>
#include <utility>
#include <vector>

#include "loadsim/check/ledger.h"
#include "loadsim/sim/item_book.h"
#include "loadsim/sim/room_log.h"
#include "loadsim/sim/view_book.h"
#include "server/ports/store.h"

namespace starling::sim {

/// Every room has a link, and the code of it is the room's number.
ports::Digest code_of(RoomId room);

class Database {
 public:
  /// A room made before the run, titled "room N"; the first member owns it.
  void seed_room(RoomId room, wire::RoomKind kind, const std::vector<UserId>& members, WallTime now);

  /// `at`: the store's clock.
  ports::StoreResult execute(ports::StoreRequest request, const BeforeLock* found = nullptr, Instant at = {});

  const RoomLog* find(RoomId room) const;
  ports::PageRead page(const ports::ReadPage& request) const;
  const std::map<RoomId, RoomLog>& rooms() const { return rooms_; }
  void cut(RoomId room, Seq min_seq);
  /// What the restore tool does after putting a backup in place: every epoch becomes one that was never used.
  void raise_epochs(const Database& before);
  const ItemBook* items_of(UserId user) const;
  /// Checkpoints whose hash was not the log's.
  std::uint64_t wrong_checkpoints() const { return wrong_checkpoints_; }

 private:
  struct User {
    std::uint64_t rooms_version = 1;
    std::map<RoomId, std::pair<Seq, std::uint64_t>> marks;
    ItemBook items;
  };

  ports::StoreResult on(const ports::LoadRoom& request);
  ports::StoreResult on(ports::CommitBatch& request, const BeforeLock* found);
  ports::StoreResult on(const ports::ReadPage& request) { return page(request); }
  ports::StoreResult on(const ports::ReadDevice& request);
  ports::StoreResult on(const ports::LoadUser& request);
  ports::StoreResult on(const ports::LoadItems& request);
  ports::StoreResult on(const ports::CreateRoom& request);
  ports::StoreResult on(const ports::PutReadMarks& request);
  ports::StoreResult on(const ports::PutCheckpoint& request);
  ports::StoreResult on(const ports::RaiseEpoch& request);
  ports::StoreResult on(const ports::PutItem& request);
  ports::StoreResult on(const ports::KeepLease& request, Instant at) { return views_.keep(request, at); }
  // Of the HTTP API, of which the simulated world uses only a room's link.
  ports::StoreResult on(const ports::ReadRooms&) { return ports::Done{}; }
  ports::StoreResult on(const ports::ChangeRooms& request);

  std::map<RoomId, RoomLog> rooms_;
  std::map<UserId, User> users_;
  std::map<UserId, std::vector<RoomId>> rooms_of_;  // present memberships, ascending
  std::map<std::pair<DeviceId, std::uint64_t>, RoomId> created_;
  std::map<std::pair<UserId, UserId>, RoomId> direct_;
  ViewBook views_;
  std::uint64_t wrong_checkpoints_ = 0;

  bool in_rooms(UserId user, std::uint32_t count) const;
  void make_room(RoomLog log, const std::vector<UserId>& members, WallTime now);
  void refresh_membership(RoomId room, UserId user);
};

/// The database as the checkers' reference, what retention has cut included. The database outlives it and stands still.
class DatabaseLedger final : public check::Ledger {
 public:
  explicit DatabaseLedger(const Database& database) : at_(database.rooms().begin()), end_(database.rooms().end()) {}
  bool next(check::LedgerRoom& room) override;

 private:
  std::map<RoomId, RoomLog>::const_iterator at_;
  std::map<RoomId, RoomLog>::const_iterator end_;
};

}  // namespace starling::sim
