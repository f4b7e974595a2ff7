#include "server/core/user_homes.h"

#include <algorithm>
#include <utility>

#include "common/base/mutant.h"
#include "common/base/probe.h"
#include "common/base/rng.h"
#include "server/core/read_slot.h"
#include "server/core/sweeps.h"

namespace starling::core {
namespace {
/// What a process had given to the store when it fell away may take effect for so long: behind a lock, or a standby that
/// does not answer.
constexpr Duration kUnderWay = std::chrono::seconds(10);
/// More changes at once than this are told by the whole list.
constexpr std::size_t kChangesToldMax = 3;

/// What a room adds to the sum over a list of rooms.
std::uint64_t share_of(RoomId room, wire::Role role) {
  return role == wire::Role::None ? 0 : mix64(mix64(room.value) ^ static_cast<std::uint64_t>(role));
}

std::uint64_t sum_of(const ports::UserLoaded& loaded) {
  std::uint64_t sum = 0;
  for (const ports::UserRoom& room : loaded.rooms) sum += share_of(room.info.room, room.info.role);
  return sum;
}

const ports::UserRoom* find_room(const ports::UserLoaded& loaded, RoomId room) {
  const auto at = std::ranges::find_if(loaded.rooms, [&](const ports::UserRoom& r) { return r.info.room == room; });
  return at == loaded.rooms.end() ? nullptr : &*at;
}

/// True when the list now and the one with the sum `before` differ in no other rooms than these. What these were before
/// is not remembered, so each role is tried. Versions cannot tell: a notice may come twice, or after the list that has it.
bool is_all_that_changed(const std::vector<RoomId>& changed, const ports::UserLoaded& loaded, std::uint64_t before) {
  if (changed.size() > kChangesToldMax) return false;
  std::uint64_t others = sum_of(loaded);
  std::vector<std::uint64_t> others_before{before};
  for (const RoomId room : changed) {
    if (const ports::UserRoom* now = find_room(loaded, room)) others -= share_of(room, now->info.role);
    for (std::size_t i = others_before.size(); i-- > 0;) {
      for (const wire::Role role : {wire::Role::Member, wire::Role::Moderator, wire::Role::Admin, wire::Role::Owner}) {
        others_before.push_back(others_before[i] - share_of(room, role));
      }
    }
  }
  return std::ranges::find(others_before, others) != others_before.end();
}

}  // namespace

UserHome* UserHomes::find(UserId user) {
  const auto slot = index_.find(user.value);
  return slot ? &users_[*slot] : nullptr;
}

UserHome& UserHomes::find_or_add(UserId user) {
  if (UserHome* home = find(user)) return *home;
  const std::uint32_t slot = users_.add();
  users_[slot].id = user;
  index_.set(user.value, slot);
  return users_[slot];
}

UserExtras& UserHomes::extras(UserHome& user) {
  if (user.extras == nullptr) user.extras = std::make_unique<UserExtras>();
  return *user.extras;
}

void UserHomes::shrink(UserHome& user) {
  const UserExtras* x = user.extras.get();
  if (x != nullptr && x->sends_full_at <= turn_.now.at && x->marks.empty() && x->waiting.empty() &&
      x->changed.empty() && x->loading == 0 && x->items_loading == 0 && !x->items_again) {
    user.extras.reset();
  }
}

void UserHomes::forget(UserHome& user) {
  const std::uint32_t slot = *index_.find(user.id.value);
  index_.erase(user.id.value);
  users_.remove(slot);
}

void UserHomes::hand_over() {
  const auto moved = [&](UserId id) { return turn_.home(id) != turn_.self; };
  if (std::ranges::any_of(dirty_, moved)) flush_marks();
  for (std::uint32_t i = 0; i < users_.end(); ++i) {
    if (!users_[i].id || !moved(users_[i].id)) continue;
    pass_on(users_[i]);
    forget(users_[i]);
  }
  presence_.hand_over();
}

/// What was said to this home, and not read yet: the next one may have read before it happened.
void UserHomes::pass_on(const UserHome& user) {
  if (user.extras == nullptr) return;
  const ShardId next = turn_.home(user.id);
  for (const RoomId room : user.extras->changed) {
    links_.ask(next, ports::MembershipChanged{.user = user.id, .room = room});
  }
  if (user.extras->items_loading != 0 || user.extras->items_again)
    links_.ask(next, ports::ItemsChanged{.user = user.id});
}

void UserHomes::load(UserHome& user) {
  UserExtras& x = extras(user);
  if (x.loading != 0) {
    x.load_again = true;
    return;
  }
  x.loading = ++reads_;
  x.load_failed = false;
  store_.submit(ports::LoadUser{user.id}, UserCall{.user = user.id, .number = x.loading});
}

// ---- devices

void UserHomes::on(ShardId from, const ports::AttachDevice& ask) {
  if (!ask.user) return;
  UserHome& user = find_or_add(ask.user);
  user.idle_sweeps = 0;
  const WaitingDevice waiting{
      .device = {.id = ask.device,
                 .conn = ask.conn,
                 .connected_at = ask.connected_at,
                 .shard = from,
                 .away_number = static_cast<std::uint32_t>(ask.request)},  // what was said before it is over
      .request = ask.request,
      .rooms_version = ask.rooms_version};
  if (user.loaded && user.rooms_version == ask.rooms_version) return attach(user, waiting, nullptr);
  auto& list = extras(user).waiting;
  std::erase_if(list, [&](const WaitingDevice& w) { return w.device.shard == from && w.device.conn == ask.conn; });
  list.push_back(waiting);
  if (user.extras->loading == 0) load(user);
}

/// `loaded` is null when the device's list is known to be the present one.
void UserHomes::attach(UserHome& user, const WaitingDevice& waiting, const ports::UserLoaded* loaded) {
  const Device& device = waiting.device;
  ports::DeviceAttached answer{.request = waiting.request,
                               .conn = device.conn,
                               .rooms_version = user.rooms_version,
                               .items_version = user.items_version,
                               .notices = user.notices};
  const auto old = std::ranges::find(user.devices, device.id, &Device::id);
  if (old != user.devices.end()) {
    const bool same = old->shard == device.shard && old->conn == device.conn;
    if (!same && device.connected_at < old->connected_at) return fence(user.id, device, *old);
    if (!same) {
      fence(user.id, *old, device);
      *old = device;
    }
  } else if (user.devices.size() >= turn_.config.connections_per_user_max) {
    probe(Probe::admission_rejected);
    answer.admitted = false;
    return links_.post(device.shard, std::move(answer));
  } else {
    if (user.devices.empty()) user.devices.reserve(1);
    user.devices.push_back(device);
  }
  presence_.changed(user.id);
  if (loaded != nullptr && user.rooms_version != waiting.rooms_version) {
    answer.listed = true;
    for (const ports::UserRoom& room : loaded->rooms) answer.rooms.push_back(room.info);
  }
  if (user.extras != nullptr) {
    answer.sends_full_at = user.extras->sends_full_at;
    for (const Mark& mark : user.extras->marks) {
      answer.marks.push_back({.room = mark.room, .seq = mark.seq, .msg_no = mark.msg_no});
    }
  }
  links_.post(device.shard, std::move(answer));
}

/// Of another node's clock a connection seems later than it was by as long as the word of it took, or as its node stood still
/// before it looked: by no more than a lease, or the node is out. Of one shard the asks tell: they are numbered in their
/// order, and a word of the earlier connection that was long on the way has the lower number. Where it is unsure the device
/// decides, by who of it comes again: a clone has its turn, too, and is found by then.
void UserHomes::fence(UserId user, const Device& earlier, const Device& later) {
  probe(Probe::device_fenced);
  const auto here = [&](const Device& device) {
    return turn_.view.node_of(device.shard) == turn_.view.node_of(turn_.self);
  };
  const bool by_one_clock = here(earlier) && here(later);
  const bool unsure = earlier.shard == later.shard
                          ? static_cast<std::int32_t>(later.away_number - earlier.away_number) < 0
                          : !by_one_clock && later.connected_at - earlier.connected_at <= turn_.config.node_lease;
  links_.ask(earlier.shard, ports::DeviceFenced{.user = user, .conn = earlier.conn, .again = unsure});
}

void UserHomes::on(ShardId from, const ports::DetachDevice& detach) {
  const auto is_it = [&](const Device& d) { return d.shard == from && d.conn == detach.conn; };
  if (UserHome* user = find(detach.user)) {
    if (detach.sends_full_at > turn_.now.at) {
      Instant& full_at = extras(*user).sends_full_at;
      full_at = std::max(full_at, detach.sends_full_at);
      // Who took the connection over was let in before this was known.
      for (const Device& device : user->devices) {
        if (device.id != detach.device) continue;
        links_.post(device.shard, ports::DeviceAttached{.conn = device.conn, .sends_full_at = full_at});
      }
    }
    drop_devices(*user, is_it, detach.left);
  }
  links_.post(from, ports::Answered{detach.request});
}

void UserHomes::forget_devices_of(ShardId shard) {
  const auto is_there = [&](const Device& d) { return d.shard == shard; };
  for (std::uint32_t i = 0; i < users_.end(); ++i) {
    if (users_[i].id) drop_devices(users_[i], is_there, false);
  }
}

/// It may have made a room or put an item for a session of its own, or committed as a room's home what concerns the user, and had
/// no time to say so, or was cut off from this shard for as long as it lived. Nor may the store have had time to do it.
void UserHomes::read_all_later() {
  for (std::uint32_t i = 0; i < users_.end(); ++i) {
    if (!users_[i].id) continue;
    if (deserted(users_[i])) {
      outdate(users_[i]);
    } else {
      read_later(users_[i]);
    }
  }
}

void UserHomes::read_later(UserHome& user) {
  later_.push_back({.user = user.id, .at = next_slot(turn_.now.at + kUnderWay)});
  turn_.schedule.arm(Chore::ReadAgain, later_.front().at);
}

void UserHomes::read_some_again() {
  for (std::size_t n = 0; n < kReadsASlot && !later_.empty() && later_.front().at <= turn_.now.at; ++n) {
    UserHome* user = find(later_.front().user);
    later_.pop_front();
    if (user == nullptr) continue;
    if (deserted(*user) || !user->loaded) {
      outdate(*user);
    } else {
      load(*user);
    }
  }
  if (!later_.empty()) turn_.schedule.arm(Chore::ReadAgain, std::max(later_.front().at, next_slot(turn_.now.at)));
}

template <class Which>
void UserHomes::drop_devices(UserHome& user, Which&& which, bool left) {
  const bool were_there = std::erase_if(user.devices, which) > 0;
  if (were_there && user.devices.empty()) presence_.left(user.id, left);
  if (were_there && !user.devices.empty()) presence_.changed(user.id);
  if (user.devices.empty()) user.devices = {};
  if (user.extras != nullptr) {
    std::erase_if(user.extras->waiting, [&](const WaitingDevice& w) { return which(w.device); });
    shrink(user);
  }
}

void UserHomes::on(ShardId from, const ports::DeviceAway& ask) {
  if (UserHome* user = find(ask.user)) {
    const auto number = static_cast<std::uint32_t>(ask.request);
    for (Device& device : user->devices) {
      if (device.shard != from || device.conn != ask.conn) continue;
      const bool later = device.away_number == 0 || static_cast<std::int32_t>(number - device.away_number) > 0;
      if (!later) continue;
      device.away = ask.away;
      device.away_number = number;
      presence_.changed(user->id);
    }
  }
  links_.post(from, ports::Answered{ask.request});
}

Activity UserHomes::activity(UserId id) const {
  const auto slot = index_.find(id.value);
  if (!slot || users_[*slot].devices.empty()) return Activity::None;
  const auto& devices = users_[*slot].devices;
  return std::ranges::all_of(devices, &Device::away) ? Activity::Away : Activity::Present;
}

// ---- what the store says

void UserHomes::loaded(const UserCall& call, ports::StoreCompletion&& done) {
  UserHome* user = find(call.user);
  if (user == nullptr || user->extras == nullptr || user->extras->loading != call.number) return;
  user->extras->loading = 0;
  const auto* loaded = std::get_if<ports::UserLoaded>(&done.result);
  if (done.status != ports::StoreStatus::Ok || loaded == nullptr) {
    if (done.status == ports::StoreStatus::Stopped) return;
    user->extras->load_failed = true;
    retries_.push_back(call.user);
    return turn_.schedule.arm(Chore::StoreRetry, turn_.now.at + turn_.config.store_retry);
  }
  // Read before the last change: what it says of the list may be old.
  if (std::exchange(user->extras->load_again, false)) return load(*user);
  const RoomsBefore before{.version = user->rooms_version, .sum = user->rooms_sum};
  const bool was_loaded = std::exchange(user->loaded, true);
  user->rooms_version = loaded->rooms_version;
  // Afterwards the devices are told what lies between.
  if (!was_loaded) user->items_version = loaded->items_version;
  if (!was_loaded && turn_.view_is_younger(kUnderWay)) read_later(*user);
  user->rooms_sum = sum_of(*loaded);
  take_marks(*user, *loaded);
  if (was_loaded) tell_changes(*user, *loaded, before);
  user->extras->changed.clear();
  for (const WaitingDevice& waiting : std::exchange(user->extras->waiting, {})) attach(*user, waiting, loaded);
  if (user->extras->items_again || user->items_version != loaded->items_version) load_items(*user);
  shrink(*user);
}

void UserHomes::take_marks(UserHome& user, const ports::UserLoaded& loaded) {
  std::vector<Mark>& marks = user.extras->marks;
  for (const ports::UserRoom& room : loaded.rooms) {
    if (!room.read_seq) continue;
    const auto at = std::ranges::lower_bound(marks, room.info.room, {}, &Mark::room);
    if (at == marks.end() || at->room != room.info.room) {
      marks.insert(at, {.room = room.info.room, .seq = room.read_seq, .msg_no = room.read_msg_no});
    } else if (at->seq < room.read_seq) {
      *at = {.room = room.info.room, .seq = room.read_seq, .msg_no = room.read_msg_no};
    }
  }
}

// ---- memberships

/// Whoever comes next reads it anew, and not by a read that is under way.
void UserHomes::outdate(UserHome& user) {
  user.loaded = false;
  if (user.extras != nullptr && user.extras->loading != 0) user.extras->load_again = true;
}

/// Nobody is there to be told.
bool UserHomes::deserted(const UserHome& user) const {
  return user.devices.empty() && (user.extras == nullptr || user.extras->waiting.empty());
}

void UserHomes::on(ShardId from, const ports::ItemsChanged& changed) {
  items_changed(changed.user);
  links_.post(from, ports::Answered{changed.request});
}

void UserHomes::items_changed(UserId id) {
  UserHome* user = find(id);
  if (user != nullptr && deserted(*user)) {
    outdate(*user);
  } else if (user != nullptr && !mutant(Mutant::ItemsUntold)) {
    load_items(*user);
  }
}

void UserHomes::load_items(UserHome& user) {
  UserExtras& x = extras(user);
  x.items_again = true;
  // Before the first load nobody was told of any version; and one read at a time.
  if (x.items_loading != 0 || !user.loaded) return;
  x.items_again = false;
  x.items_loading = ++reads_;
  store_.submit(ports::LoadItems{.user = user.id, .after = user.items_version},
                UserItemsCall{.user = user.id, .number = x.items_loading});
}

void UserHomes::items_loaded(const UserItemsCall& call, ports::StoreCompletion&& done) {
  UserHome* user = find(call.user);
  if (user == nullptr || user->extras == nullptr || user->extras->items_loading != call.number) return;
  user->extras->items_loading = 0;
  auto* loaded = std::get_if<ports::ItemsLoaded>(&done.result);
  if (done.status == ports::StoreStatus::Stopped) return;
  if (done.status != ports::StoreStatus::Ok || loaded == nullptr) {
    user->extras->items_again = true;
    retries_.push_back(call.user);
    return turn_.schedule.arm(Chore::StoreRetry, turn_.now.at + turn_.config.store_retry);
  }
  const bool again = user->extras->items_again || loaded->changes.more;
  if (loaded->changes.version != user->items_version) {
    user->items_version = loaded->changes.version;
    tell(*user, {.frame = std::move(loaded->changes)});
  }
  if (again) load_items(*user);
  shrink(*user);
}

void UserHomes::on(ShardId from, const ports::MembershipChanged& changed) {
  UserHome* user = find(changed.user);
  if (user != nullptr && deserted(*user)) {
    outdate(*user);
  } else if (user != nullptr) {
    auto& rooms = extras(*user).changed;
    if (std::ranges::find(rooms, changed.room) == rooms.end()) rooms.push_back(changed.room);
    load(*user);
  }
  links_.post(from, ports::Answered{changed.request});
}

/// Each change by itself; the last one with the version that a device has once it knows of them all. When other rooms
/// have changed too, of which no notice has come yet, only the whole list has that version.
void UserHomes::tell_changes(UserHome& user, const ports::UserLoaded& loaded, const RoomsBefore& before) {
  const std::vector<RoomId>& changed = user.extras->changed;
  const bool complete = is_all_that_changed(changed, loaded, before.sum);
  for (const RoomId room : changed) {
    wire::RoomInfo info{.room = room};
    if (const ports::UserRoom* now = find_room(loaded, room)) info = now->info;
    const std::uint64_t version = complete && room == changed.back() ? user.rooms_version : before.version;
    tell(user,
         {.number = ++user.notices, .frame = wire::RoomChanged{.rooms_version = version, .info = std::move(info)}});
  }
  if (complete || user.rooms_version == before.version) return;
  wire::RoomList list{.rooms_version = user.rooms_version};
  for (const ports::UserRoom& room : loaded.rooms) list.rooms.push_back(room.info);
  tell(user, {.number = ++user.notices, .frame = std::move(list)});
}

void UserHomes::tell(const UserHome& user, const ports::UserNotice& notice) {
  for (const ShardId shard : turn_.view.shards) {
    ports::UserNotice theirs{.user = user.id, .number = notice.number, .frame = notice.frame};
    for (const Device& device : user.devices) {
      if (device.shard == shard) theirs.conns.push_back(device.conn);
    }
    if (!theirs.conns.empty()) links_.ask(shard, std::move(theirs));
  }
}

// ---- chores

void UserHomes::retry() {
  for (const UserId id : std::exchange(retries_, {})) {
    UserHome* user = find(id);
    if (user == nullptr || user->extras == nullptr) continue;
    if (user->extras->items_again) load_items(*user);
    if (user->extras->load_failed && user->extras->loading == 0) load(*user);
  }
}

void UserHomes::sweep(std::uint32_t slots) {
  for (std::uint32_t n = std::min(slots, users_.end()); n > 0; --n) {
    if (sweep_at_ >= users_.end()) sweep_at_ = 0;
    UserHome& user = users_[sweep_at_++];
    if (!user.id) continue;
    shrink(user);
    if (!user.devices.empty()) continue;
    const UserExtras* x = user.extras.get();
    const bool busy =
        x != nullptr && (x->loading != 0 || x->items_loading != 0 || !x->waiting.empty() || x->marks_listed);
    if (!busy && ++user.idle_sweeps > kIdleSweepsMax) forget(user);
  }
}

void UserHomes::describe(std::string& text, std::size_t bytes_max) const {
  for (std::uint32_t i = 0; i < users_.end() && text.size() < bytes_max; ++i) {
    const UserHome& user = users_[i];
    if (!user.id || user.extras == nullptr || user.extras->loading == 0) continue;
    text += "user " + std::to_string(user.id.value) + ": being read, " + std::to_string(user.extras->waiting.size()) +
            " devices wait; ";
  }
}

}  // namespace starling::core
