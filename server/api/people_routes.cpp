#include "server/api/people_routes.h"

#include <algorithm>

#include "server/api/forms.h"

namespace starling::api {
namespace {

constexpr std::size_t kIdsMax = 100;
constexpr std::uint64_t kFoundMax = 50;
constexpr std::uint64_t kFound = 20;
constexpr std::size_t kQueryBytesMax = 256;

Answer bad(const char* message) { return refused({.why = accounts::Why::BadField, .message = message}); }

}  // namespace

void PeopleRoutes::add_to(Router& router) {
  router.add("GET", "/v1/users", [this](const Call& call, const accounts::Caller&) { return users(call); });
}

Answer PeopleRoutes::users(const Call& call) {
  if (const auto ids = call.query("ids")) return by_ids(*ids);
  const auto query = call.query("query");
  if (!query || query->empty() || query->size() > kQueryBytesMax) {
    return bad("query: the beginning of a handle or of a name; or ids: numbers with commas");
  }
  const auto limit = call.query_number("limit", kFound, kFoundMax);
  if (!limit) return bad("limit: a number");
  const auto found = profiles_.search(*query, static_cast<std::uint32_t>(*limit));
  return found ? ok(users_form(*found)) : refused(found.error());
}

Answer PeopleRoutes::by_ids(std::string_view ids) {
  std::vector<UserId> users;
  while (!ids.empty()) {
    const std::string_view text = ids.substr(0, ids.find(','));
    ids.remove_prefix(std::min(text.size() + 1, ids.size()));
    const auto number = number_of(text);
    if (!number || users.size() == kIdsMax) return bad("ids: at most 100 numbers with commas");
    users.emplace_back(*number);
  }
  const auto found = profiles_.of(users);
  return found ? ok(users_form(*found)) : refused(found.error());
}

}  // namespace starling::api
