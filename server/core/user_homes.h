// The users that have their home on this shard: which devices are connected where, and how far each room is read. What
// rooms a user is in, is the store's to say; a home only remembers the version of that list.
#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <string>
#include <vector>

#include "server/core/flat_index.h"
#include "server/core/links.h"
#include "server/core/presence_home.h"
#include "server/core/slab.h"
#include "server/core/store_calls.h"

namespace starling::core {

struct Device {
  DeviceId id;
  ConnId conn;
  Instant connected_at{};
  ShardId shard;
  bool away = false;
  std::uint32_t away_number = 0;  // of the DeviceAway that said so, modulo 2^32
};
static_assert(sizeof(Device) <= 32);
struct Mark {
  RoomId room;
  Seq seq;
  std::uint64_t msg_no = 0;
  bool dirty = false;  // not with the store yet
};
struct WaitingDevice {
  Device device;
  ports::RequestId request = 0;
  std::uint64_t rooms_version = 0;
};
/// What few users have.
struct UserExtras {
  // When the budgets of connections that have ended would all be full: who connects anew begins with no more.
  Instant sends_full_at{};
  std::vector<Mark> marks;             // by room ascending
  std::vector<WaitingDevice> waiting;  // for the store's answer
  std::vector<RoomId> changed;         // memberships that the devices must hear of
  std::uint64_t loading = 0;           // the number of the read of the list that is under way; 0: none
  std::uint64_t items_loading = 0;     // likewise
  bool items_again = false;            // they changed while they were read, or could not be
  bool load_failed = false;
  bool load_again = false;    // something changed while the store was read
  bool marks_listed = false;  // in the list of users to flush
};

/// The list that the devices know.
struct RoomsBefore {
  std::uint64_t version = 0;
  std::uint64_t sum = 0;
};

struct UserHome {
  UserId id;
  std::uint64_t rooms_version = 0;
  std::uint64_t rooms_sum = 0;      // over the list of that version: which rooms, in which roles
  std::uint64_t items_version = 0;  // that the devices were told
  std::vector<Device> devices;
  std::unique_ptr<UserExtras> extras;
  std::uint32_t notices = 0;  // changes of the list of rooms told so far
  bool loaded = false;
  std::uint16_t idle_sweeps = 0;
};
static_assert(sizeof(UserHome) <= 72);

class UserHomes {
 public:
  UserHomes(Turn& turn, Links& links, StoreCalls& store, PresenceHome& presence)
      : turn_(turn), links_(links), store_(store), presence_(presence) {}
  UserHomes(const UserHomes&) = delete;
  UserHomes& operator=(const UserHomes&) = delete;

  void on(ShardId from, const ports::AttachDevice& attach);
  void on(ShardId from, const ports::DetachDevice& detach);
  void on(ShardId from, const ports::MarkRead& mark);
  void on(ShardId from, const ports::MembershipChanged& changed);
  void on(ShardId from, const ports::ItemsChanged& changed);
  void on(ShardId from, const ports::DeviceAway& away);
  /// Lets go of the users that have their home elsewhere now: what is only known here goes to the store.
  void hand_over();
  /// The connections of the shard are gone, without a word.
  void forget_devices_of(ShardId shard);
  /// A shard is gone, and whatever it had to say to the users' homes may be gone with it.
  void read_all_later();

  /// In the store.
  void items_changed(UserId user);
  void loaded(const UserCall& call, ports::StoreCompletion&& done);
  void items_loaded(const UserItemsCall& call, ports::StoreCompletion&& done);
  void marks_put(std::vector<ports::ReadMarkRow>&& marks, ports::StoreStatus status);

  void flush_marks();
  void retry();
  void read_some_again();
  void sweep(std::uint32_t slots);
  /// What the user's devices say of the person.
  Activity activity(UserId user) const;
  bool quiet() const { return dirty_.empty() && left_behind_.empty() && marks_in_flight_ == 0; }
  void describe(std::string& text, std::size_t bytes_max) const;

 private:
  UserHome* find(UserId user);
  UserHome& find_or_add(UserId user);
  UserExtras& extras(UserHome& user);
  void shrink(UserHome& user);
  void forget(UserHome& user);
  void pass_on(const UserHome& user);
  void load(UserHome& user);
  void load_items(UserHome& user);
  bool deserted(const UserHome& user) const;
  void outdate(UserHome& user);
  void attach(UserHome& user, const WaitingDevice& waiting, const ports::UserLoaded* loaded);
  void fence(UserId user, const Device& earlier, const Device& later);
  void tell(const UserHome& user, const ports::UserNotice& notice);
  template <class Which>
  void drop_devices(UserHome& user, Which&& which, bool left);
  void read_later(UserHome& user);
  void tell_changes(UserHome& user, const ports::UserLoaded& loaded, const RoomsBefore& before);
  void take_marks(UserHome& user, const ports::UserLoaded& loaded);
  void list_dirty(UserHome& user);

  struct Later {
    UserId user;
    Instant at{};
  };

  Turn& turn_;
  Links& links_;
  StoreCalls& store_;
  PresenceHome& presence_;
  Slab<UserHome> users_;
  FlatIndex index_;
  std::vector<UserId> retries_;
  std::deque<Later> later_;  // to be read once more, by time: each waits as long
  std::vector<UserId> dirty_;
  std::vector<ports::ReadMarkRow> left_behind_;  // the store could not take them, and no home here has them (any more)
  std::size_t marks_in_flight_ = 0;
  std::uint64_t reads_ = 0;
  std::uint32_t sweep_at_ = 0;
};

}  // namespace starling::core
