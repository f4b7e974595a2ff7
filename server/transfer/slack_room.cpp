#include "server/transfer/slack_room.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>

#include "common/wire/limits.h"
#include "server/transfer/emoji.h"
#include "server/transfer/foreign_names.h"
#include "server/transfer/json_read.h"
#include "server/transfer/slack_text.h"

namespace starling::transfer {
namespace {

namespace json = boost::json;
using wire::EventKind;
using wire::Role;

constexpr std::int64_t kSecond = 1'000'000;

/// "1355517523.000005", in microseconds; also a plain count of seconds.
std::int64_t us_of(std::string_view ts) {
  std::int64_t seconds = 0;
  std::int64_t fraction = 0;
  const std::size_t dot = ts.find('.');
  const std::string_view whole = ts.substr(0, dot);
  std::from_chars(whole.data(), whole.data() + whole.size(), seconds);
  if (dot != std::string_view::npos) {
    std::string digits(ts.substr(dot + 1, 6));
    digits.resize(6, '0');
    std::from_chars(digits.data(), digits.data() + digits.size(), fraction);
  }
  return seconds * kSecond + fraction;
}

}  // namespace

SlackRoom::SlackRoom(const json::object& about, SlackUsers& users, ForeignLines& lines)
    : about_(&about), users_(&users), lines_(&lines), created_us_(number_or(about, "created", 0) * kSecond) {
  room_.team = users.team();
  room_.name = text_of(about, "id");
  room_.room = RoomId(number_of("room", room_.team, room_.name));
}

void SlackRoom::channel(bool is_public) {
  room_.title = cut_utf8(text_of(*about_, "name"), wire::limits::kTitleBytesMax);
  public_ = is_public;
  found();
}

void SlackRoom::direct() {
  for (const json::value& member : list_of(*about_, "members")) ids_.emplace(text_of(member));
  // With oneself it is a room of one.
  if (ids_.size() == 2) room_.kind = wire::RoomKind::Direct;
  if (ids_.size() != 2) room_.title = title_of_members();
  for (const std::string& id : ids_) join(created_us_, id, ids_.size() == 2 ? Role::Member : role_of(id));
  is_direct_ = true;
}

void SlackRoom::group_direct() {
  for (const json::value& member : list_of(*about_, "members")) ids_.emplace(text_of(member));
  room_.title = title_of_members();
  found();
}

void SlackRoom::finish() {
  if (!is_direct_) {
    settle_members();
    topic();
    pins();
  }
  if (flag_of(*about_, "is_archived")) lines_->skip("that channels were archived (the channels came along)");
  lines_->room(std::move(room_));
}

void SlackRoom::found() {
  for (const json::value& member : list_of(*about_, "members")) ids_.emplace(text_of(member));
  owner_ = text_of(*about_, "creator");
  if (!ids_.contains(owner_)) {
    const auto leader = std::ranges::find_if(ids_, [&](const std::string& id) { return users_->leads(id); });
    if (leader != ids_.end()) {
      owner_ = *leader;
    } else if (!ids_.empty()) {
      owner_ = *ids_.begin();
    }
  }
  if (public_) {
    add(created_us_, {.kind = EventKind::RoomVisibility,
                      .sender = owner_.empty() ? UserId() : users_->of(owner_),
                      .body = std::string(wire::kPublic)});
  }
}

Role SlackRoom::role_of(std::string_view id) const {
  if (id == owner_ || ids_.size() == 1) return Role::Owner;
  return users_->leads(id) ? Role::Admin : Role::Member;
}

std::string SlackRoom::title_of_members() const {
  std::string title;
  for (const std::string& id : ids_) title += (title.empty() ? "" : ", ") + users_->name_of(id);
  return std::string(cut_utf8(title, wire::limits::kTitleBytesMax));
}

void SlackRoom::join(std::int64_t at_us, std::string_view id, Role role) {
  const UserId user = users_->of(id);
  add(at_us, {.kind = EventKind::MemberAdd, .sender = user, .subject = user, .role = role});
}

void SlackRoom::leave(std::int64_t at_us, std::string_view id) {
  const UserId user = users_->of(id);
  add(at_us, {.kind = EventKind::MemberRemove, .sender = user, .subject = user});
}

std::string SlackRoom::text(std::string_view slack) {
  return text_of_slack(slack, [&](std::string_view id) { return users_->of(id); });
}

UserId SlackRoom::sender_of(const json::object& message) {
  const std::string_view user = text_of(message, "user");
  return user.empty() ? users_->bot(message) : users_->of(user);
}

void SlackRoom::message(const json::object& message) {
  const std::string_view subtype = text_of(message, "subtype");
  const std::string_view ts = text_of(message, "ts");
  if (ts.empty()) return lines_->skip("messages without a time");
  const std::int64_t at_us = us_of(ts);
  last_us_ = std::max(last_us_, at_us);
  if (!subtype.empty() && system_message(message, subtype, at_us)) return;
  say(message, subtype, at_us);
}

bool SlackRoom::system_message(const json::object& message, std::string_view subtype, std::int64_t at_us) {
  const std::string_view user = text_of(message, "user");
  const auto is = [&](std::string_view what) {
    return subtype == std::string("channel_") + std::string(what) ||
           subtype == std::string("group_") + std::string(what);
  };
  if (is("join") && !user.empty()) {
    if (!is_direct_) {
      joined_.emplace(user, at_us);
      join(at_us, user, role_of(user));
      present_.emplace(user);
    }
    return true;
  }
  if (is("leave") && !user.empty()) {
    if (!is_direct_) {
      // Left without having been seen to join: was there from the beginning.
      if (present_.erase(std::string(user)) == 0 && joined_.emplace(user, created_us_).second) {
        join(created_us_, user, role_of(user));
      }
      leave(at_us, user);
    }
    return true;
  }
  if (is("topic")) {
    add(at_us, {.kind = EventKind::RoomTopic,
                .sender = sender_of(message),
                .body = std::string(cut_utf8(text(text_of(message, "topic")), wire::limits::kTopicBytesMax))});
    return true;
  }
  if (is("name")) {
    add(at_us, {.kind = EventKind::RoomTitle,
                .sender = sender_of(message),
                .body = std::string(cut_utf8(text_of(message, "name"), wire::limits::kTitleBytesMax))});
    return true;
  }
  if (subtype == "message_changed") {
    const json::object& after = object_of(message, "message");
    add(at_us, {.kind = EventKind::Edit,
                .sender = sender_of(after),
                .target = std::string(text_of(after, "ts")),
                .body = body_of(after, text_of(after, "subtype"))});
    return true;
  }
  if (subtype == "message_deleted") {
    add(at_us, {.kind = EventKind::Delete,
                .sender = sender_of(object_of(message, "previous_message")),
                .target = std::string(text_of(message, "deleted_ts"))});
    return true;
  }
  // What people say, under whatever name Slack files it.
  constexpr std::array<std::string_view, 10> kSaid{
      "bot_message",      "me_message",      "file_share",        "file_comment", "file_mention",
      "thread_broadcast", "reply_broadcast", "slackbot_response", "tombstone",    "document_mention"};
  if (std::ranges::find(kSaid, subtype) != kSaid.end()) return false;
  lines_->skip(fmt::format("messages of the kind {}", subtype));
  return true;
}

std::string SlackRoom::body_of(const json::object& message, std::string_view subtype) {
  std::string body = text(text_of(message, "text"));
  const json::array& attachments = list_of(message, "attachments");
  if (body.empty()) {
    for (const json::value& each : attachments) {
      const json::object& attachment = object_of(each);
      for (const char* part : {"pretext", "title", "text"}) {
        const std::string_view found = text_of(attachment, part);
        if (!found.empty()) body += (body.empty() ? "" : "\n") + text(found);
      }
      if (body.empty()) body = text(text_of(attachment, "fallback"));
    }
  }
  lines_->skip("attachments of links and programs (text of messages without one of their own came along)",
               attachments.size());
  if (body.empty() && !list_of(message, "blocks").empty()) lines_->skip("messages of blocks only");
  for (const json::value& file : list_of(message, "files")) {
    const std::string_view name = text_of(object_of(file), "name");
    body += fmt::format("{}[file not imported: {}]", body.empty() ? "" : "\n", name.empty() ? "without a name" : name);
    lines_->skip("files (their names came along)");
  }
  if (subtype == "me_message" && !body.empty()) body = fmt::format("_{}_", body);
  return body;
}

void SlackRoom::say(const json::object& message, std::string_view subtype, std::int64_t at_us) {
  const std::string key(text_of(message, "ts"));
  Act act{.sender = sender_of(message), .key = key};
  const std::string_view root = text_of(message, "thread_ts");
  if (!root.empty() && root != key) hang_below(act, root);
  if (subtype == "tombstone") {
    // Slack keeps the place of a message that had replies.
    act.erased = true;
    const UserId sender = act.sender;
    add(at_us, std::move(act));
    return add(at_us, {.kind = EventKind::Delete, .sender = sender, .target = key});
  }
  act.body = body_of(message, subtype);
  if (act.body.empty()) return lines_->skip("messages without a text");
  const json::object& edited = object_of(message, "edited");
  if (!edited.empty()) {
    // An export holds the last text only.
    const std::string_view editor = text_of(edited, "user");
    add(us_of(text_of(edited, "ts")), {.kind = EventKind::Edit,
                                       .sender = editor.empty() ? act.sender : users_->of(editor),
                                       .target = key,
                                       .body = act.body});
  }
  add(at_us, std::move(act));
  reactions(message, at_us, key);
}

void SlackRoom::reactions(const json::object& message, std::int64_t at_us, const std::string& key) {
  for (const json::value& each : list_of(message, "reactions")) {
    const json::object& reaction = object_of(each);
    const std::string_view name = text_of(reaction, "name");
    auto emoji = emoji_of(name);
    if (!emoji) {
      emoji = std::string(cut_utf8(fmt::format(":{}:", name), wire::limits::kEmojiBytesMax));
      lines_->skip("pictures of custom emoji (their names came along)");
    }
    const json::array& users = list_of(reaction, "users");
    for (const json::value& user : users) {
      add(at_us, {.kind = EventKind::ReactionAdd, .sender = users_->of(text_of(user)), .target = key, .body = *emoji});
    }
    const std::int64_t count = number_or(reaction, "count", 0);
    if (count > static_cast<std::int64_t>(users.size())) {
      lines_->skip("reactions of users that the archive does not name",
                   static_cast<std::uint64_t>(count) - users.size());
    }
  }
}

void SlackRoom::settle_members() {
  std::vector<Act> first;
  const auto begin = [&](std::string_view id) {
    const UserId user = users_->of(id);
    first.push_back(
        {.at_us = created_us_, .kind = EventKind::MemberAdd, .sender = user, .subject = user, .role = role_of(id)});
  };
  // The owner is the first.
  if (!owner_.empty()) begin(owner_);
  for (const std::string& id : ids_) {
    if (id != owner_ && !joined_.contains(id)) begin(id);
  }
  room_.acts.insert(room_.acts.begin(), first.begin(), first.end());
  const std::int64_t end = std::max(last_us_, created_us_);
  // The list of today has the last word.
  for (const std::string& id : ids_) {
    if (joined_.contains(id) && !present_.contains(id)) join(end, id, role_of(id));
  }
  for (const std::string& id : present_) {
    if (!ids_.contains(id) && !ids_.empty()) leave(end, id);
  }
}

void SlackRoom::topic() {
  const json::object& topic = object_of(*about_, "topic");
  const std::string value = text(text_of(topic, "value"));
  if (!value.empty()) {
    const std::string_view by = text_of(topic, "creator");
    add(std::max(number_or(topic, "last_set", 0) * kSecond, created_us_),
        {.kind = EventKind::RoomTopic,
         .sender = by.empty() ? users_->of(owner_) : users_->of(by),
         .body = std::string(cut_utf8(value, wire::limits::kTopicBytesMax))});
  }
  if (!text_of(object_of(*about_, "purpose"), "value").empty()) lines_->skip("purposes of channels");
}

void SlackRoom::pins() {
  for (const json::value& each : list_of(*about_, "pins")) {
    const json::object& pin = object_of(each);
    if (text_of(pin, "type") != "C") {
      lines_->skip("pinned files");
      continue;
    }
    add(number_or(pin, "created", 0) * kSecond, {.kind = EventKind::Pin,
                                                 .sender = users_->of(text_of(pin, "user")),
                                                 .target = std::string(text_of(pin, "id"))});
  }
}

}  // namespace starling::transfer
