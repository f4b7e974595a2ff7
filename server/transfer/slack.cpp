#include "server/transfer/slack.h"

#include <fmt/format.h>

#include <boost/json.hpp>
#include <string>

#include "server/transfer/fields.h"
#include "server/transfer/json_read.h"
#include "server/transfer/slack_room.h"
#include "server/transfer/slack_users.h"

namespace starling::transfer {
namespace {

namespace json = boost::json;

enum class Sort : std::uint8_t { Public, Private, GroupDirect, Direct };

void read_rooms(const ArchiveFiles& files, Sort sort, std::string_view list, SlackUsers& users, ForeignLines& lines) {
  if (!files.has(list)) return;
  const json::value rooms = parse_foreign(files.read(list), list);
  if (!rooms.is_array()) refuse(fmt::format("{} is no list: the archive is damaged", list));
  for (const json::value& value : rooms.get_array()) {
    const json::object& about = object_of(value);
    const std::string_view id = text_of(about, "id");
    if (id.empty()) {
      lines.skip("rooms without an id");
      continue;
    }
    SlackRoom room(about, users, lines);
    if (sort == Sort::Direct) {
      room.direct();
    } else if (sort == Sort::GroupDirect) {
      room.group_direct();
    } else {
      room.channel(sort == Sort::Public);
    }
    // Direct conversations lie under their id, the others under their name.
    std::string folder(sort == Sort::Direct ? id : text_of(about, "name"));
    if (folder.find('/') != std::string::npos || folder == "." || folder == "..") {
      refuse(fmt::format("{} names the folder '{}': it is not to be trusted", list, folder));
    }
    for (const std::string& day : files.names(folder)) {
      if (!day.ends_with(".json")) continue;
      const std::string name = fmt::format("{}/{}", folder, day);
      const json::value messages = parse_foreign(files.read(name), name);
      if (!messages.is_array()) {
        lines.skip("files that hold no messages (canvases and the like)");
        continue;
      }
      for (const json::value& message : messages.get_array()) room.message(object_of(message));
    }
    room.finish();
  }
}

}  // namespace

void read_slack(const ArchiveFiles& files, ForeignLines& lines) {
  const char* list = files.has("users.json") ? "users.json" : "org_users.json";
  if (!files.has(list)) {
    refuse(
        "it has no users.json: it is no export of a Slack workspace; unpacked, give the folder in which users.json and "
        "channels.json lie");
  }
  lines.begin("slack");
  const json::value people = parse_foreign(files.read(list), list);
  if (!people.is_array()) refuse(fmt::format("{} is no list: the archive is damaged", list));
  SlackUsers users(lines);
  users.read(people.get_array());
  read_rooms(files, Sort::Public, "channels.json", users, lines);
  read_rooms(files, Sort::Private, "groups.json", users, lines);
  read_rooms(files, Sort::GroupDirect, "mpims.json", users, lines);
  read_rooms(files, Sort::Direct, "dms.json", users, lines);
  for (const char* other : {"integration_logs.json", "content_flags.json", "canvases.json", "lists.json"}) {
    if (files.has(other)) lines.skip(other);
  }
  lines.end();
}

}  // namespace starling::transfer
