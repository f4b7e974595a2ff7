#include "server/store/postgres/link_calls.h"

#include <utility>
#include <variant>

#include "server/store/postgres/digests.h"

namespace starling::postgres {
namespace {

constexpr Statement kCreateLink{"create_link", "SELECT * FROM create_link($1, $2, $3, $4, $5, $6)"};
constexpr Statement kRevokeLink{"revoke_link", "SELECT * FROM revoke_link($1, $2, $3)"};
constexpr Statement kUseLink{"use_link", "SELECT * FROM use_link($1, $2, $3)"};

Call call(const ports::CreateLink& request) {
  Params params;
  params.add(request.room).add(request.caller).add_bytes(bytes_of(request.code)).add(request.now).add(request.expires);
  params.add(request.uses);
  return {&kCreateLink, std::move(params)};
}
ports::RoomResult result(const ports::CreateLink&, const Rows& rows) {
  if (!rows.flag(0, 0)) return ports::RoomDenied{.exists = rows.flag(0, 1)};
  return ports::LinkMade{.link = rows.as<ports::LinkId>(0, 2)};
}

Call call(const ports::RevokeLink& request) {
  return {&kRevokeLink, Params().add(request.room).add(request.caller).add(request.link)};
}
ports::RoomResult result(const ports::RevokeLink&, const Rows& rows) {
  if (!rows.flag(0, 0)) return ports::RoomDenied{.exists = rows.flag(0, 1)};
  return ports::LinkRevoked{.found = rows.flag(0, 2)};
}

Call call(const ports::UseLink& request) {
  return {&kUseLink, Params().add(request.caller).add_bytes(bytes_of(request.code)).add(request.now)};
}
ports::RoomResult result(const ports::UseLink&, const Rows& rows) {
  return ports::LinkUsed{.use = rows.as<ports::LinkUse>(0, 0), .room = rows.as<RoomId>(0, 1)};
}

}  // namespace

std::vector<Call> calls_of(const ports::ChangeRooms& request) {
  return {std::visit([](const auto& each) { return call(each); }, request.request)};
}

ports::RoomsAnswered result_of(const ports::ChangeRooms& request, std::span<const Rows> answers) {
  return {std::visit([&](const auto& each) { return result(each, answers[0]); }, request.request)};
}

}  // namespace starling::postgres
