// One channel, group or direct conversation of Slack's, on its way into a room.
#pragma once

#include <boost/json.hpp>
#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <string_view>

#include "server/transfer/foreign_lines.h"
#include "server/transfer/slack_users.h"

namespace starling::transfer {

/// Owner: one thread. One of `channel`, `direct` and `group_direct`, then every message, then `finish`.
class SlackRoom {
 public:
  SlackRoom(const boost::json::object& about, SlackUsers& users, ForeignLines& lines);

  void channel(bool is_public);
  void direct();
  void group_direct();

  void message(const boost::json::object& message);

  void finish();

 private:
  /// Who founded it, and everybody of today who is not said to have joined later.
  void found();

  wire::Role role_of(std::string_view id) const;

  std::string title_of_members() const;

  void add(std::int64_t at_us, Act&& act) {
    act.at_us = at_us;
    room_.acts.push_back(std::move(act));
  }
  void join(std::int64_t at_us, std::string_view id, wire::Role role);
  void leave(std::int64_t at_us, std::string_view id);

  void settle_members();
  void topic();
  void pins();
  /// False: it is a message after all.
  bool system_message(const boost::json::object& message, std::string_view subtype, std::int64_t at_us);
  void say(const boost::json::object& message, std::string_view subtype, std::int64_t at_us);
  std::string body_of(const boost::json::object& message, std::string_view subtype);
  void reactions(const boost::json::object& message, std::int64_t at_us, const std::string& key);
  std::string text(std::string_view slack);
  UserId sender_of(const boost::json::object& message);

  const boost::json::object* about_;
  SlackUsers* users_;
  ForeignLines* lines_;
  std::int64_t created_us_;
  bool public_ = false;
  bool is_direct_ = false;
  std::string owner_;
  std::set<std::string, std::less<>> ids_;      // of its members today
  std::set<std::string, std::less<>> present_;  // as its messages tell it so far
  std::map<std::string, std::int64_t, std::less<>> joined_;
  std::int64_t last_us_ = 0;
  ForeignRoom room_;
};

}  // namespace starling::transfer
