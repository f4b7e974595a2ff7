// The members of a room at its home: sorted, nine bytes each.
#pragma once

#include <algorithm>
#include <cstdint>
#include <vector>

#include "common/wire/event.h"
#include "server/ports/store.h"

namespace starling::core {

class MemberList {
 public:
  void assign(const std::vector<ports::Member>& members) {
    users_.clear();
    roles_.clear();
    users_.reserve(members.size());
    roles_.reserve(members.size());
    for (const ports::Member& member : members) {
      users_.push_back(member.user);
      roles_.push_back(member.role);
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
  void set(UserId user, wire::Role role) {
    const auto at = std::ranges::lower_bound(users_, user);
    const auto i = at - users_.begin();
    if (at == users_.end() || *at != user) {
      users_.insert(at, user);
      roles_.insert(roles_.begin() + i, role);
    } else {
      roles_[static_cast<std::size_t>(i)] = role;
    }
  }
  void erase(UserId user) {
    const auto at = std::ranges::lower_bound(users_, user);
    if (at == users_.end() || *at != user) return;
    roles_.erase(roles_.begin() + (at - users_.begin()));
    users_.erase(at);
  }

 private:
  std::vector<UserId> users_;
  std::vector<wire::Role> roles_;
};

}  // namespace starling::core
