// The members of a room at its home: sorted, nine bytes each; those who may not read it from the beginning, 16 more.
#pragma once

#include <algorithm>
#include <cstdint>
#include <memory>
#include <utility>
#include <vector>

#include "common/wire/event.h"
#include "server/ports/store.h"

namespace starling::core {

class MemberList {
 public:
  void assign(const std::vector<ports::Member>& members) {
    users_.clear();
    roles_.clear();
    joined_.reset();
    users_.reserve(members.size());
    roles_.reserve(members.size());
    for (const ports::Member& member : members) {
      users_.push_back(member.user);
      roles_.push_back(member.role);
      if (member.visible_from > Seq(1)) joined().emplace_back(member.user, member.visible_from);
    }
  }
  /// Users who are not in `members` what they are here.
  std::vector<UserId> changed(const std::vector<ports::Member>& members) const {
    std::vector<UserId> changed;
    for (const ports::Member& member : members) {
      if (role(member.user) != member.role) changed.push_back(member.user);
    }
    for (const UserId user : users_) {
      if (!std::ranges::binary_search(members, user, {}, &ports::Member::user)) changed.push_back(user);
    }
    return changed;
  }
  wire::Role role(UserId user) const {
    const auto at = std::ranges::lower_bound(users_, user);
    return at != users_.end() && *at == user ? roles_[static_cast<std::size_t>(at - users_.begin())] : wire::Role::None;
  }
  std::size_t size() const { return users_.size(); }
  /// The oldest event that the member may read.
  Seq visible_from(UserId user) const {
    if (joined_ == nullptr) return Seq(1);
    const auto at = std::ranges::find(*joined_, user, &Joined::first);
    return at != joined_->end() ? at->second : Seq(1);
  }
  /// `visible_from` is for who was no member.
  void set(UserId user, wire::Role role, Seq visible_from) {
    const auto at = std::ranges::lower_bound(users_, user);
    const auto i = at - users_.begin();
    if (at == users_.end() || *at != user) {
      users_.insert(at, user);
      roles_.insert(roles_.begin() + i, role);
      if (visible_from > Seq(1)) joined().emplace_back(user, visible_from);
    } else {
      roles_[static_cast<std::size_t>(i)] = role;
    }
  }
  void erase(UserId user) {
    const auto at = std::ranges::lower_bound(users_, user);
    if (at == users_.end() || *at != user) return;
    roles_.erase(roles_.begin() + (at - users_.begin()));
    users_.erase(at);
    if (joined_ != nullptr) std::erase_if(*joined_, [&](const Joined& each) { return each.first == user; });
  }

 private:
  using Joined = std::pair<UserId, Seq>;
  std::vector<Joined>& joined() {
    if (joined_ == nullptr) joined_ = std::make_unique<std::vector<Joined>>();
    return *joined_;
  }

  std::vector<UserId> users_;
  std::vector<wire::Role> roles_;
  std::unique_ptr<std::vector<Joined>> joined_;  // few: in rooms that hide what was before, who joined since
};

}  // namespace starling::core
