// One room of the store model: its log, members and producers' counters, and the rules of a commit as server/ports/store.h
// states them. Pure: no time, no faults. The contract suite holds it against the real store.
#pragma once

#include <algorithm>
#include <cstdint>
#include <map>
#include <vector>

#include "server/ports/authorize.h"
#include "server/ports/item_rules.h"
#include "server/ports/store.h"

namespace starling::sim {

/// A room as a commit found it before it had the lock. Only planted bugs look at it: M11 at the members, M3 at the head.
struct BeforeLock {
  std::map<UserId, ports::Member> members;
  Seq head;
};

class RoomLog {
 public:
  RoomLog(RoomId room, wire::RoomKind kind, std::string title) : room_(room), kind_(kind), title_(std::move(title)) {}

  /// A membership event of the server's own device.
  void add_founder(UserId user, wire::Role role, WallTime now);
  struct Changes {
    std::vector<UserId> full;     // given: who may join no room more
    std::vector<UserId> members;  // whose membership changed
    std::vector<ports::ItemChange> items;
  };
  /// `changes` collects what changed beside the room.
  ports::Committed commit(const ports::CommitBatch& batch, const BeforeLock* found, Changes& changes);
  ports::PageRead page(const ports::ReadPage& request) const;
  ports::RoomLoaded load(ViewId fence);

  Cseq last_cseq(DeviceId device) const;
  /// False when the hash is not the log's.
  bool put_checkpoint(Epoch epoch, Seq seq, PrefixHash hash);
  /// Cuts a prefix: the oldest event kept is `min_seq`.
  void cut(Seq min_seq);
  ports::EpochRaised raise(const ports::RaiseEpoch& request);
  void set_epoch(Epoch epoch);
  /// Somebody has a link into the room.
  void let_in(UserId user) { standings_[user].invited = true; }

  RoomId room() const { return room_; }
  wire::RoomKind kind() const { return kind_; }
  const std::string& title() const { return title_; }
  Epoch epoch() const { return epoch_; }
  Seq head() const { return Seq(events_.size()); }
  Seq min_seq() const { return min_seq_; }
  std::uint64_t msg_no() const { return events_.empty() ? 0 : events_.back().msg_no; }
  const std::map<UserId, ports::Member>& members() const { return members_; }
  /// May the user be shown this event? Those who left: what they could see when they did.
  bool visible(UserId user, Seq seq) const {
    if (const auto member = members_.find(user); member != members_.end() && seq >= member->second.visible_from) {
      return true;
    }
    const auto at = left_.find(user);
    if (at == left_.end()) return false;
    return std::ranges::any_of(at->second,
                               [&](const auto& range) { return seq >= range.first && seq <= range.second; });
  }
  const std::map<DeviceId, Cseq>& devices() const { return devices_; }
  /// The whole log, what retention has cut included: the reference for the checkers. [i] has seq i + 1.
  const std::vector<wire::Event>& events() const { return events_; }
  PrefixHash hash_at(Seq seq) const { return seq.value == 0 ? PrefixHash() : hashes_[seq.value - 1]; }
  /// The event, when retention has not cut it.
  const wire::Event* at(Seq seq) const;

 private:
  const wire::Event* find(DeviceId device, Cseq cseq) const;
  const wire::Event* find_recent(DeviceId device, ClientMsgId id) const;
  ports::CommitRowResult commit_row(const ports::CommitRow& row, WallTime now, const BeforeLock* found,
                                    Changes& changes);
  ports::CommitRowResult commit_of_server(const ports::CommitRow& row, WallTime now, Changes& changes);
  ports::CommitRowResult append_row(const ports::CommitRow& row, WallTime now, Changes& changes);
  bool may_append(const ports::CommitRow& row, const std::map<UserId, ports::Member>& members) const;
  ports::Standing standing(UserId user, const std::map<UserId, ports::Member>& members) const;
  ports::Target target_of(Seq seq) const;
  void apply(const ports::CommitRow& row, const wire::Event& event, Changes& changes);
  const wire::Event& append(wire::Event event, WallTime now);
  void erase_texts_of(Seq message);

  RoomId room_;
  wire::RoomKind kind_;
  std::string title_;
  Epoch epoch_{1};
  ViewId fence_;
  Seq min_seq_{1};
  Seq checkpoint_;
  std::vector<wire::Event> events_;
  std::vector<PrefixHash> hashes_;  // [i]: fold up to seq i + 1
  bool public_ = false;
  bool history_joined_ = false;
  std::map<UserId, ports::Member> members_;
  std::map<UserId, ports::Standing> standings_;              // their roles count only where there is a member
  std::map<UserId, std::vector<std::pair<Seq, Seq>>> left_;  // what was visible in the memberships that have ended
  std::map<DeviceId, Cseq> devices_;
  std::map<DeviceId, std::vector<Seq>> sent_;  // every event of a device, ascending
};

}  // namespace starling::sim
