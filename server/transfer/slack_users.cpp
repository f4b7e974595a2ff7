#include "server/transfer/slack_users.h"

#include <fmt/format.h>

#include "server/transfer/json_read.h"

namespace starling::transfer {
namespace {

namespace json = boost::json;

constexpr std::size_t kNameBytesMax = 64;

std::string_view first_of(std::initializer_list<std::string_view> names) {
  for (const std::string_view name : names) {
    if (!name.empty()) return name;
  }
  return {};
}

}  // namespace

UserId SlackUsers::make(std::string_view id, std::string_view handle, const ForeignUser& profile) {
  ForeignUser user = profile;
  user.user = UserId(number_of("user", team_, id));
  user.handle = handles_.take(handle);
  user.display_name = cut_utf8(profile.display_name, kNameBytesMax);
  lines_->user(user);
  names_[std::string(id)] = user.display_name;
  return users_[std::string(id)] = user.user;
}

void SlackUsers::read(const json::array& users) {
  for (const json::value& value : users) {
    const std::string_view team = text_of(object_of(value), "team_id");
    if (team.empty()) continue;
    team_ = team;
    break;
  }
  for (const json::value& value : users) {
    const json::object& user = object_of(value);
    const json::object& profile = object_of(user, "profile");
    const std::string_view id = text_of(user, "id");
    if (id.empty()) {
      lines_->skip("users without an id");
      continue;
    }
    const std::string_view name = text_of(user, "name");
    const std::string_view color = text_of(user, "color");
    const bool is_hex =
        color.size() == 6 && color.find_first_not_of("0123456789abcdefABCDEF") == std::string_view::npos;
    make(id, first_of({name, id}),
         {.display_name = std::string(first_of(
              {text_of(profile, "display_name"), text_of(profile, "real_name"), text_of(user, "real_name"), name, id})),
          .avatar_color = is_hex ? fmt::format("#{}", color) : std::string(),
          .status_text = std::string(text_of(profile, "status_text"))});
    if (flag_of(user, "is_admin") || flag_of(user, "is_owner") || flag_of(user, "is_primary_owner")) {
      leaders_.emplace(id);
    }
    if (flag_of(user, "deleted")) lines_->skip("that accounts were closed (their users came along)");
    if (!text_of(profile, "email").empty()) lines_->skip("mail addresses");
    if (!text_of(profile, "image_512").empty()) lines_->skip("pictures of users");
  }
}

UserId SlackUsers::of(std::string_view id) {
  // A mention may carry a name: U123|bob.
  id = id.substr(0, id.find('|'));
  const auto at = users_.find(id);
  if (at != users_.end()) return at->second;
  const bool slackbot = id == "USLACKBOT";
  return make(id, slackbot ? "slackbot" : id, {.display_name = slackbot ? std::string("Slackbot") : std::string(id)});
}

UserId SlackUsers::bot(const json::object& message) {
  const json::object& profile = object_of(message, "bot_profile");
  const std::string_view id = first_of({text_of(message, "bot_id"), text_of(message, "username"), "bot"});
  const auto at = users_.find(id);
  if (at != users_.end()) return at->second;
  const std::string_view name = first_of({text_of(message, "username"), text_of(profile, "name"), id});
  return make(id, name, {.display_name = std::string(name)});
}

std::string SlackUsers::name_of(std::string_view id) const {
  const auto at = names_.find(id);
  return at == names_.end() ? std::string(id) : at->second;
}

}  // namespace starling::transfer
