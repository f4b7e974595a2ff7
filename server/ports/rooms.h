// What is asked about rooms beside their logs: lists, members, links. Plain operations and answers, executed by the same
// store (server/ports/store.h). Each names who asks, and the store judges that in the same snapshot or transaction.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "common/base/ids.h"
#include "common/base/time.h"
#include "common/wire/event.h"
#include "server/ports/accounts.h"
#include "server/ports/authorize.h"

namespace starling::ports {

using LinkId = Id<struct LinkTag, std::uint64_t>;

struct RoomCard {
  RoomId room;
  wire::RoomKind kind = wire::RoomKind::Group;
  std::string title;
  std::string topic;
  bool is_public = false;
  bool history_joined = false;
  std::uint64_t members = 0;
};
/// Of a user without an account only the number is known.
struct MemberCard {
  Profile profile;
  wire::Role role = wire::Role::None;
  bool muted = false;
};
/// Whoever has its code may join the room.
struct RoomLink {
  LinkId link;
  UserId by;
  WallTime created;
  WallTime expires;
  std::uint32_t uses_left = 0;
};

// ---- reads

struct FindRoom {
  UserId caller;
  RoomId room;
};
/// Whose title contains `query`, in any case; by title.
struct ListPublicRooms {
  std::string query;
  RoomId after;  // 0: from the beginning
  std::uint32_t limit = 0;
};
/// By user ascending. `banned`: instead of the members those who may not come back.
struct ListMembers {
  UserId caller;
  RoomId room;
  UserId after;
  std::uint32_t limit = 0;
  std::string query;  // the beginning of a handle or of the name; empty: all
  bool banned = false;
};
/// The first event at or after a moment that the caller may read; the head's successor when there is none.
struct FindSeq {
  UserId caller;
  RoomId room;
  WallTime at;
};
struct ListLinks {
  UserId caller;
  RoomId room;
  WallTime now;
};

using RoomRead = std::variant<FindRoom, ListPublicRooms, ListMembers, FindSeq, ListLinks>;

// ---- changes

struct CreateLink {
  UserId caller;
  RoomId room;
  Digest code{};
  std::uint32_t uses = 1;
  WallTime now;
  WallTime expires;
};
struct RevokeLink {
  UserId caller;
  RoomId room;
  LinkId link;
};
/// The caller becomes invited, which spends one use; who is invited or a member already spends none.
struct UseLink {
  UserId caller;
  Digest code{};
  WallTime now;
};

using RoomChange = std::variant<CreateLink, RevokeLink, UseLink>;

// ---- answers

/// `exists`: the caller may know of the room, but not do this. False: there is no such room, as far as the caller can tell.
struct RoomDenied {
  bool exists = false;
};
struct RoomFound {
  RoomCard card;
  Standing caller;
  std::vector<Seq> pins;  // newest first
};
struct RoomsListed {
  std::vector<RoomCard> rooms;
  bool more = false;
};
struct MembersListed {
  std::vector<MemberCard> members;
  bool more = false;
};
struct SeqFound {
  Seq seq;
};
struct LinksListed {
  std::vector<RoomLink> links;
};
struct LinkMade {
  LinkId link;
};
struct LinkRevoked {
  bool found = true;
};
enum class LinkUse : std::uint8_t { Invited, Member, Unknown, Banned };
struct LinkUsed {
  LinkUse use = LinkUse::Unknown;
  RoomId room;
};

using RoomResult = std::variant<RoomDenied, RoomFound, RoomsListed, MembersListed, SeqFound, LinksListed, LinkMade,
                                LinkRevoked, LinkUsed>;

// ---- as alternatives of StoreRequest and StoreResult

struct ReadRooms {
  RoomRead request;
};
struct ChangeRooms {
  RoomChange request;
};
struct RoomsAnswered {
  RoomResult result;
};

}  // namespace starling::ports
