#include "server/transfer/mattermost.h"

#include <fmt/format.h>

#include <algorithm>
#include <boost/json.hpp>
#include <map>

#include "common/base/sort_unique.h"
#include "common/wire/limits.h"
#include "server/transfer/emoji.h"
#include "server/transfer/fields.h"
#include "server/transfer/foreign_names.h"
#include "server/transfer/format.h"
#include "server/transfer/json_read.h"
#include "server/transfer/line_file.h"
#include "server/transfer/mattermost_text.h"

namespace starling::transfer {
namespace {

namespace json = boost::json;
using wire::EventKind;
using wire::Role;

constexpr std::string_view kTeam = "mattermost";
constexpr std::size_t kNameBytesMax = 64;

class Mattermost {
 public:
  explicit Mattermost(ForeignLines& lines) : lines_(&lines) {}

  void take(std::string_view line, std::uint64_t number) {
    const json::value value = parse_foreign(line, fmt::format("line {}", number));
    const json::object& object = object_of(value);
    const std::string_view type = text_of(object, "type");
    if (number == 1) return version(object, type);
    const json::object& body = object_of(object, type);
    if (type == "channel") return channel(body);
    if (type == "user" || type == "bot") return user(body);
    if (type == "post") return post(body);
    if (type == "direct_channel") return direct_channel(body);
    if (type == "direct_post") return direct_post(body);
    if (type != "team") lines_->skip(fmt::format("objects of the type {}", type));
  }

  void finish() {
    for (auto& [key, room] : rooms_) settle(std::move(room));
  }

 private:
  struct Room {
    ForeignRoom room;
    std::string topic;
    bool is_public = false;
    std::map<std::string, Role> members;  // by username
    std::uint64_t posts = 0;              // for keys
  };

  static void version(const json::object& object, std::string_view type) {
    if (type != "version") refuse("its first line is no version: it is no bulk export of Mattermost");
    const std::int64_t version = number_or(object, "version", 0);
    if (version != 1) refuse(fmt::format("it has version {} of Mattermost's format, this program reads 1", version));
  }

  Room& room_of(const std::string& name) {
    Room& room = rooms_[name];
    if (!room.room.room) {
      room.room.team = kTeam;
      room.room.name = name;
      room.room.room = RoomId(number_of("room", kTeam, name));
    }
    return room;
  }

  void channel(const json::object& channel) {
    const std::string name = fmt::format("{}/{}", text_of(channel, "team"), text_of(channel, "name"));
    Room& room = room_of(name);
    const std::string_view shown = text_of(channel, "display_name");
    room.room.title = cut_utf8(shown.empty() ? text_of(channel, "name") : shown, wire::limits::kTitleBytesMax);
    room.is_public = text_of(channel, "type") == "O";
    room.topic = text_of(channel, "header");
    if (!text_of(channel, "purpose").empty()) lines_->skip("purposes of channels");
    if (number_or(channel, "deleted_at", 0) != 0) lines_->skip("that channels were archived (the channels came along)");
  }

  void user(const json::object& user) {
    const std::string username(text_of(user, "username"));
    if (username.empty()) return lines_->skip("users without a name");
    std::string shown(text_of(user, "nickname"));
    if (shown.empty()) shown = fmt::format("{} {}", text_of(user, "first_name"), text_of(user, "last_name"));
    const std::size_t first = shown.find_first_not_of(' ');
    shown = first == std::string::npos ? std::string() : shown.substr(first, shown.find_last_not_of(' ') - first + 1);
    if (shown.empty()) shown = text_of(user, "display_name");
    make(username, shown);
    if (number_or(user, "delete_at", 0) != 0) lines_->skip("that accounts were closed (their users came along)");
    if (!text_of(user, "email").empty()) lines_->skip("mail addresses");
    for (const json::value& each : list_of(user, "teams")) {
      const json::object& team = object_of(each);
      for (const json::value& place : list_of(team, "channels")) {
        const json::object& in = object_of(place);
        const bool leads = text_of(in, "roles").find("channel_admin") != std::string_view::npos;
        room_of(fmt::format("{}/{}", text_of(team, "name"), text_of(in, "name"))).members[username] =
            leads ? Role::Admin : Role::Member;
      }
    }
  }

  UserId make(const std::string& username, std::string_view shown) {
    const auto known = users_.find(username);
    if (known != users_.end()) return known->second;
    const UserId user(number_of("user", kTeam, username));
    lines_->user(
        {.user = user,
         .handle = handles_.take(username),
         .display_name = std::string(cut_utf8(shown.empty() ? std::string_view(username) : shown, kNameBytesMax)),
         .avatar_color = {},
         .status_text = {}});
    return users_[username] = user;
  }
  /// Also of somebody whom the archive names in posts only.
  UserId user_of(std::string_view username) { return make(std::string(username), {}); }

  std::string direct_name(const json::array& members, std::vector<std::string>& names) {
    for (const json::value& member : members) {
      const json::object& about = object_of(member);  // a participant's, since version 9 of the server
      names.emplace_back(about.empty() ? text_of(member) : text_of(about, "username"));
    }
    sort_unique(names);
    std::string name = "direct";
    for (const std::string& each : names) name += "/" + each;
    return name;
  }

  Room& direct_room(const json::array& members) {
    std::vector<std::string> names;
    const std::string key = direct_name(members, names);
    Room& room = room_of(key);
    if (!room.members.empty() || names.empty()) return room;
    for (const std::string& name : names) room.members[name] = Role::Member;
    if (names.size() == 2) {
      room.room.kind = wire::RoomKind::Direct;
    } else {
      std::string title;
      for (const std::string& name : names) title += (title.empty() ? "" : ", ") + name;
      room.room.title = cut_utf8(title, wire::limits::kTitleBytesMax);
    }
    return room;
  }

  void direct_channel(const json::object& channel) {
    const json::array& members = list_of(channel, "members");
    Room& room = direct_room(members.empty() ? list_of(channel, "participants") : members);
    if (!text_of(channel, "header").empty()) room.topic = text_of(channel, "header");
  }

  void post(const json::object& post) {
    Room& room = room_of(fmt::format("{}/{}", text_of(post, "team"), text_of(post, "channel")));
    say(room, post, {});
  }
  void direct_post(const json::object& post) { say(direct_room(list_of(post, "channel_members")), post, {}); }

  std::string text(std::string_view markdown) {
    return text_of_mattermost(markdown, [&](std::string_view name) {
      const auto at = users_.find(name);
      return at == users_.end() ? UserId() : at->second;
    });
  }

  static void add(Room& room, std::int64_t at_ms, Act&& act) {
    act.at_us = at_ms * 1000;
    room.room.acts.push_back(std::move(act));
  }

  void say(Room& room, const json::object& post, const std::string& root) {
    const std::int64_t at = number_or(post, "create_at", 0);
    const UserId sender = user_of(text_of(post, "user"));
    const std::string_view type = text_of(post, "type");
    if (type.starts_with("system_")) return system_post(room, post, type, at, sender);
    Act act{.sender = sender, .key = fmt::format("{}", room.posts++), .body = text(text_of(post, "message"))};
    if (!root.empty()) hang_below(act, root);
    if (type == "me" && !act.body.empty()) act.body = fmt::format("_{}_", act.body);
    for (const json::value& file : list_of(post, "attachments")) {
      const std::string_view path = text_of(object_of(file), "path");
      act.body +=
          fmt::format("{}[file not imported: {}]", act.body.empty() ? "" : "\n", path.substr(path.rfind('/') + 1));
      lines_->skip("files (their names came along)");
    }
    lines_->skip("attachments of programs", list_of(object_of(post, "props"), "attachments").size());
    lines_->skip("messages that users saved for themselves", list_of(post, "flagged_by").size());
    const json::array& replies = list_of(post, "replies");
    if (act.body.empty()) {
      lines_->skip("messages without a text");
      if (replies.empty()) return;
      act.body = "[a message without a text]";  // its thread needs a root
    }
    const std::string key = act.key;
    if (const std::int64_t edited = number_or(post, "edit_at", 0); edited > at) {
      add(room, edited, {.kind = EventKind::Edit, .sender = sender, .target = key, .body = act.body});
    }
    add(room, at, std::move(act));
    if (flag_of(post, "is_pinned")) add(room, at, {.kind = EventKind::Pin, .sender = sender, .target = key});
    reactions(room, post, key, at);
    for (const json::value& reply : replies) say(room, object_of(reply), root.empty() ? key : root);
  }

  void system_post(Room& room, const json::object& post, std::string_view type, std::int64_t at, UserId sender) {
    const json::object& props = object_of(post, "props");
    if (type == "system_header_change") {
      return add(room, at,
                 {.kind = EventKind::RoomTopic,
                  .sender = sender,
                  .body = std::string(cut_utf8(text_of(props, "new_header"), wire::limits::kTopicBytesMax))});
    }
    if (type == "system_displayname_change") {
      return add(room, at,
                 {.kind = EventKind::RoomTitle,
                  .sender = sender,
                  .body = std::string(cut_utf8(text_of(props, "new_displayname"), wire::limits::kTitleBytesMax))});
    }
    lines_->skip(fmt::format("posts of the type {}", type));
  }

  void reactions(Room& room, const json::object& post, const std::string& key, std::int64_t posted) {
    for (const json::value& each : list_of(post, "reactions")) {
      const json::object& reaction = object_of(each);
      const std::string_view name = text_of(reaction, "emoji_name");
      auto emoji = emoji_of(name);
      if (!emoji) {
        emoji = std::string(cut_utf8(fmt::format(":{}:", name), wire::limits::kEmojiBytesMax));
        lines_->skip("pictures of custom emoji (their names came along)");
      }
      add(room, std::max(posted, number_or(reaction, "create_at", posted)),
          {.kind = EventKind::ReactionAdd,
           .sender = user_of(text_of(reaction, "user")),
           .target = key,
           .body = *emoji});
    }
  }

  /// An export says who is in a room, and not since when: from its first word on.
  void settle(Room&& room) {
    std::vector<Act>& acts = room.room.acts;
    std::int64_t begin = acts.empty() ? 0 : INT64_MAX;
    std::int64_t end = 0;
    for (const Act& act : acts) {
      begin = std::min(begin, act.at_us);
      end = std::max(end, act.at_us);
    }
    std::vector<Act> first;
    const bool direct = room.room.kind == wire::RoomKind::Direct;
    if (!direct && !room.members.empty()) {
      const auto leader = std::ranges::find(room.members, Role::Admin, [](const auto& m) { return m.second; });
      (leader != room.members.end() ? leader : room.members.begin())->second = Role::Owner;
    }
    const auto join = [&](const std::string& name, Role role) {
      const UserId user = user_of(name);
      first.push_back({.at_us = begin, .kind = EventKind::MemberAdd, .sender = user, .subject = user, .role = role});
    };
    for (const auto& [name, role] : room.members) {
      if (role == Role::Owner) join(name, role);
    }
    for (const auto& [name, role] : room.members) {
      if (role != Role::Owner) join(name, role);
    }
    const UserId founder = first.empty() ? UserId() : first.front().sender;
    if (room.is_public && founder) {
      first.push_back(
          {.at_us = begin, .kind = EventKind::RoomVisibility, .sender = founder, .body = std::string(wire::kPublic)});
    }
    acts.insert(acts.begin(), first.begin(), first.end());
    if (!room.topic.empty() && founder && !direct) {
      acts.push_back({.at_us = end,
                      .kind = EventKind::RoomTopic,
                      .sender = founder,
                      .body = std::string(cut_utf8(room.topic, wire::limits::kTopicBytesMax))});
    }
    if (room.room.title.empty() && !direct) room.room.title = cut_utf8(room.room.name, wire::limits::kTitleBytesMax);
    lines_->room(std::move(room.room));
  }

  ForeignLines* lines_;
  Handles handles_;
  std::map<std::string, UserId, std::less<>> users_;
  std::map<std::string, Room> rooms_;
};

std::string file_of(const ArchiveFiles& files) {
  std::vector<std::string> found;
  for (const std::string& name : files.names("")) {
    if (name.ends_with(".jsonl")) found.push_back(name);
  }
  if (found.size() == 1) return files.root() + "/" + found.front();
  if (!found.empty()) refuse("it has several .jsonl files: give the one to import");
  return files.root();  // a single file
}

}  // namespace

void read_mattermost(const ArchiveFiles& files, ForeignLines& lines) {
  auto file = LineFile::open(file_of(files), kForeignLineBytesMax);
  if (!file) refuse(file.error());
  lines.begin("mattermost");
  Mattermost archive(lines);
  std::string_view line;
  std::uint64_t number = 0;
  while (file->next(line)) {
    if (!line.empty()) archive.take(line, ++number);
  }
  if (!file->error().empty()) refuse(file->error());
  if (number == 0) refuse("it is empty: it is no bulk export of Mattermost");
  archive.finish();
  lines.end();
}

}  // namespace starling::transfer
