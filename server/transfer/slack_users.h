// The people of a workspace, by Slack's ids; those that only messages name are made up on the way.
#pragma once

#include <boost/json.hpp>
#include <map>
#include <string>
#include <string_view>

#include "server/transfer/foreign_lines.h"
#include "server/transfer/foreign_names.h"

namespace starling::transfer {

/// Owner: one thread. Rooms that are under way must not be open when a user's line is written.
class SlackUsers {
 public:
  explicit SlackUsers(ForeignLines& lines) : lines_(&lines) {}

  /// users.json, or org_users.json of a whole organisation.
  void read(const boost::json::array& users);
  const std::string& team() const { return team_; }

  /// A number for any id: nobody's is that of somebody who left no more than messages.
  UserId of(std::string_view id);
  /// A program that writes under a name of its own.
  UserId bot(const boost::json::object& message);
  bool leads(std::string_view id) const { return leaders_.contains(id); }
  std::string name_of(std::string_view id) const;

 private:
  UserId make(std::string_view id, std::string_view handle, const ForeignUser& profile);

  ForeignLines* lines_;
  Handles handles_;
  std::string team_ = "slack";
  std::map<std::string, UserId, std::less<>> users_;
  std::map<std::string, std::string, std::less<>> names_;
  std::set<std::string, std::less<>> leaders_;
};

}  // namespace starling::transfer
