#include "server/api/room_routes.h"

#include <algorithm>
#include <chrono>
#include <string_view>
#include <utility>

#include "server/accounts/secrets.h"
#include "server/api/body.h"
#include "server/api/forms.h"
#include "server/api/links.h"

namespace starling::api {
namespace {

using accounts::Caller;
using accounts::Why;

constexpr std::uint64_t kRooms = 20;
constexpr std::uint64_t kMembers = 50;
constexpr std::uint64_t kListedMax = 200;
constexpr std::size_t kQueryBytesMax = 256;
constexpr std::uint64_t kUsesMax = 10'000;
constexpr std::chrono::hours kLinkLife{24 * 7};
constexpr std::chrono::hours kLinkLifeMax{24 * 365};

Answer no_room() { return not_found("there is no such room, or it is not for you to see"); }
Answer bad_field(const char* message) { return refused({.why = Why::BadField, .message = message}); }

const char* name_of(wire::Role role) {
  switch (role) {
    case wire::Role::None:
      return "none";
    case wire::Role::Member:
      return "member";
    case wire::Role::Moderator:
      return "moderator";
    case wire::Role::Admin:
      return "admin";
    case wire::Role::Owner:
      return "owner";
  }
  return "none";
}

boost::json::object form_of(const ports::RoomCard& card) {
  return {{"room", text_of(card.room)},
          {"kind", card.kind == wire::RoomKind::Direct ? "direct" : "group"},
          {"title", card.title},
          {"topic", card.topic},
          {"visibility", std::string_view(card.is_public ? wire::kPublic : wire::kPrivate)},
          {"history", std::string_view(card.history_joined ? wire::kHistoryJoined : wire::kHistoryAll)},
          {"members", card.members}};
}

boost::json::object form_of(const ports::MemberCard& member) {
  boost::json::object form = api::form_of(member.profile);
  form["role"] = name_of(member.role);
  form["muted"] = member.muted;
  return form;
}

/// "0" when nothing follows.
template <class Id>
boost::json::string next_of(bool more, Id last) {
  return more ? text_of(last) : boost::json::string("0");
}

}  // namespace

void RoomRoutes::add_to(Router& router) {
  using Handler = Answer (RoomRoutes::*)(const Call&, UserId);
  const auto add = [&](const char* method, const char* path, Handler handler) {
    router.add(method, path, [this, handler](const Call& call, const Caller& caller) {
      return (this->*handler)(call, caller.user());
    });
  };
  router.add("GET", "/v1/rooms/public", [this](const Call& call, const Caller&) { return list_public(call); });
  add("GET", "/v1/rooms/{room}", &RoomRoutes::show);
  router.add("GET", "/v1/rooms/{room}/members",
             [this](const Call& call, const Caller& caller) { return members(call, caller.user(), false); });
  router.add("GET", "/v1/rooms/{room}/bans",
             [this](const Call& call, const Caller& caller) { return members(call, caller.user(), true); });
  add("GET", "/v1/rooms/{room}/seq", &RoomRoutes::seq);
  add("POST", "/v1/rooms/{room}/invites", &RoomRoutes::create_link);
  add("GET", "/v1/rooms/{room}/invites", &RoomRoutes::list_links);
  add("DELETE", "/v1/rooms/{room}/invites/{invite}", &RoomRoutes::revoke_link);
  add("POST", "/v1/join/{code}", &RoomRoutes::join);
}

template <class Found, class Form>
Answer RoomRoutes::answer(const ports::StoreRequest& request, Form&& form) {
  auto done = context_.store.ask(request);
  if (!done) return refused(done.error());
  const auto* rooms = std::get_if<ports::RoomsAnswered>(&*done);
  if (rooms == nullptr) return refused({.why = Why::Busy, .message = "the store refused this", .retry_after_ms = 1000});
  if (const auto* found = std::get_if<Found>(&rooms->result)) return form(*found);
  const auto* denied = std::get_if<ports::RoomDenied>(&rooms->result);
  if (denied == nullptr || !denied->exists) return no_room();
  return refused({.why = Why::Forbidden, .message = "your role in the room does not allow this"});
}

Answer RoomRoutes::list_public(const Call& call) {
  const std::string query = call.query("query").value_or("");
  const auto after = call.query_number("after", 0, UINT64_MAX);
  const auto limit = call.query_number("limit", kRooms, kListedMax);
  if (query.size() > kQueryBytesMax || !after || !limit || *limit == 0) {
    return bad_field("query: a part of a title; after: a room; limit: a number from 1 on");
  }
  const ports::ListPublicRooms request{
      .query = query, .after = RoomId(*after), .limit = static_cast<std::uint32_t>(*limit)};
  return answer<ports::RoomsListed>(ports::ReadRooms{request}, [](const ports::RoomsListed& listed) {
    boost::json::array rooms;
    for (const ports::RoomCard& card : listed.rooms) rooms.push_back(form_of(card));
    const RoomId last = listed.rooms.empty() ? RoomId() : listed.rooms.back().room;
    return ok({{"rooms", std::move(rooms)}, {"next", next_of(listed.more, last)}});
  });
}

Answer RoomRoutes::show(const Call& call, UserId caller) {
  const auto room = call.id<RoomId>("room");
  if (!room) return no_room();
  return answer<ports::RoomFound>(ports::ReadRooms{ports::FindRoom{caller, *room}}, [](const ports::RoomFound& found) {
    boost::json::object form = form_of(found.card);
    boost::json::array pins;
    for (const Seq seq : found.pins) pins.push_back(seq.value);
    form["pins"] = std::move(pins);
    form["role"] = name_of(found.caller.role);
    form["muted"] = found.caller.muted;
    form["invited"] = found.caller.invited;
    return ok(form);
  });
}

Answer RoomRoutes::members(const Call& call, UserId caller, bool banned) {
  const auto room = call.id<RoomId>("room");
  if (!room) return no_room();
  const std::string query = call.query("query").value_or("");
  const auto after = call.query_number("after", 0, UINT64_MAX);
  const auto limit = call.query_number("limit", kMembers, kListedMax);
  if (query.size() > kQueryBytesMax || !after || !limit || *limit == 0) {
    return bad_field("query: the beginning of a handle or name; after: a user; limit: a number from 1 on");
  }
  const ports::ListMembers request{.caller = caller,
                                   .room = *room,
                                   .after = UserId(*after),
                                   .limit = static_cast<std::uint32_t>(*limit),
                                   .query = query,
                                   .banned = banned};
  return answer<ports::MembersListed>(ports::ReadRooms{request}, [](const ports::MembersListed& listed) {
    boost::json::array members;
    for (const ports::MemberCard& member : listed.members) members.push_back(form_of(member));
    const UserId last = listed.members.empty() ? UserId() : listed.members.back().profile.user;
    return ok({{"members", std::move(members)}, {"next", next_of(listed.more, last)}});
  });
}

Answer RoomRoutes::seq(const Call& call, UserId caller) {
  const auto room = call.id<RoomId>("room");
  if (!room) return no_room();
  const auto at_ms = number_of(call.query("at_ms").value_or(""));
  if (!at_ms || *at_ms > INT64_MAX) return bad_field("at_ms: a moment, ms since 1970");
  const ports::FindSeq request{.caller = caller, .room = *room, .at = wall_from_ms(static_cast<std::int64_t>(*at_ms))};
  return answer<ports::SeqFound>(ports::ReadRooms{request},
                                 [](const ports::SeqFound& found) { return ok({{"seq", found.seq.value}}); });
}

Answer RoomRoutes::create_link(const Call& call, UserId caller) {
  const auto room = call.id<RoomId>("room");
  if (!room) return no_room();
  Body body(call);
  const std::uint64_t uses = body.maybe_number("uses").value_or(1);
  const std::uint64_t life_s = body.maybe_number("expires_s").value_or(std::chrono::seconds(kLinkLife).count());
  if (body.fault()) return refused(*body.fault());
  if (uses == 0 || uses > kUsesMax || life_s == 0 ||
      life_s > static_cast<std::uint64_t>(std::chrono::seconds(kLinkLifeMax).count())) {
    return bad_field("uses: 1 to 10000; expires_s: at most a year");
  }
  const std::string code = accounts::invite_code();
  const WallTime now = context_.now().wall;
  const ports::CreateLink request{.caller = caller,
                                  .room = *room,
                                  .code = accounts::digest_of(code),
                                  .uses = static_cast<std::uint32_t>(uses),
                                  .now = now,
                                  .expires = now + std::chrono::seconds(life_s)};
  return answer<ports::LinkMade>(ports::ChangeRooms{request}, [&](const ports::LinkMade& made) {
    return created({{"invite", text_of(made.link)},
                    {"code", code},
                    {"link", invite_link(context_.config.public_name, call, code)}});
  });
}

Answer RoomRoutes::list_links(const Call& call, UserId caller) {
  const auto room = call.id<RoomId>("room");
  if (!room) return no_room();
  const ports::ListLinks request{.caller = caller, .room = *room, .now = context_.now().wall};
  return answer<ports::LinksListed>(ports::ReadRooms{request}, [](const ports::LinksListed& listed) {
    boost::json::array links;
    for (const ports::RoomLink& link : listed.links) {
      links.push_back({{"invite", text_of(link.link)},
                       {"by", text_of(link.by)},
                       {"created_ms", to_ms(link.created)},
                       {"expires_ms", to_ms(link.expires)},
                       {"uses_left", link.uses_left}});
    }
    return ok({{"invites", std::move(links)}});
  });
}

Answer RoomRoutes::revoke_link(const Call& call, UserId caller) {
  const auto room = call.id<RoomId>("room");
  const auto link = call.id<ports::LinkId>("invite");
  if (!room || !link) return not_found("no such invitation");
  return answer<ports::LinkRevoked>(
      ports::ChangeRooms{ports::RevokeLink{caller, *room, *link}},
      [](const ports::LinkRevoked& revoked) { return revoked.found ? no_content() : not_found("no such invitation"); });
}

Answer RoomRoutes::join(const Call& call, UserId caller) {
  const ports::UseLink request{
      .caller = caller, .code = accounts::digest_of(call.part("code")), .now = context_.now().wall};
  return answer<ports::LinkUsed>(ports::ChangeRooms{request}, [&](const ports::LinkUsed& used) {
    switch (used.use) {
      case ports::LinkUse::Invited:
        context_.items_changed(caller);
        [[fallthrough]];
      case ports::LinkUse::Member:
        return ok({{"room", text_of(used.room)}, {"member", used.use == ports::LinkUse::Member}});
      case ports::LinkUse::Banned:
        return refused({.why = Why::Forbidden, .message = "you may not come back to this room"});
      case ports::LinkUse::Unknown:
        break;
    }
    return not_found("this invitation is not valid, or used up; ask for another");
  });
}

}  // namespace starling::api
