#include "server/api/search_routes.h"

#include <boost/json/array.hpp>
#include <limits>
#include <optional>

#include "server/api/forms.h"

namespace starling::api {
namespace {

using accounts::Why;
using search::SearchError;

constexpr std::uint32_t kRetryAfterMs = 5000;

Answer answer_of(SearchError error) {
  const std::string message(search::text_of(error));
  switch (error) {
    case SearchError::Empty:
    case SearchError::TooShort:
    case SearchError::TooLong:
      return refused({.why = Why::BadField, .message = "q: " + message});
    case SearchError::StaleCursor:
      return refused({.why = Why::Conflict, .message = "before: " + message});
    case SearchError::Unavailable:
      break;
  }
  return refused({.why = Why::Busy, .message = message, .retry_after_ms = kRetryAfterMs});
}

/// False when it was given and is none.
template <class Id>
bool take(const Call& call, std::string_view name, std::optional<Id>& to) {
  const auto text = call.query(name);
  if (!text) return true;
  const auto number = number_of(*text);
  if (!number || *number == 0) return false;
  to = Id(*number);
  return true;
}
bool take(const Call& call, std::string_view name, std::optional<WallTime>& to) {
  const auto text = call.query(name);
  if (!text) return true;
  const auto number = number_of(*text);
  if (!number || *number > std::uint64_t{std::numeric_limits<std::int64_t>::max()}) return false;
  to = wall_from_ms(static_cast<std::int64_t>(*number));
  return true;
}

/// {"room", "seq", "sender", "ts_ms", "text", "spans": [[begin, end]]}
boost::json::object form_of(const search::SearchHit& hit) {
  boost::json::array spans;
  for (const search::Span span : hit.spans) spans.push_back(boost::json::array{span.begin, span.end});
  return {{"room", text_of(hit.room)}, {"seq", text_of(hit.seq)}, {"sender", text_of(hit.sender)},
          {"ts_ms", to_ms(hit.ts)},    {"text", hit.text},        {"spans", std::move(spans)}};
}

}  // namespace

void SearchRoutes::add_to(Router& router) {
  router.add("GET", "/v1/search",
             [this](const Call& call, const accounts::Caller& caller) { return search(call, caller.user()); });
}

/// {"hits": […], "next": "…", "catching_up": bool}; next is "0" at the end.
Answer SearchRoutes::search(const Call& call, UserId user) const {
  search::SearchQuery query{.user = user, .text = call.query("q").value_or("")};
  const auto before = call.query_number("before", 0, std::numeric_limits<std::uint64_t>::max());
  const auto limit = call.query_number("limit", search::limits::kHitsShipped, search::limits::kHitsMax);
  if (!take(call, "room", query.room) || !take(call, "sender", query.sender) || !take(call, "from_ms", query.from) ||
      !take(call, "to_ms", query.to) || !before || !limit) {
    return refused(
        {.why = Why::BadField,
         .message = "room, sender, from_ms, to_ms, before and limit are decimal numbers; before is a page's next"});
  }
  query.before = *before;
  query.limit = static_cast<std::uint32_t>(*limit);
  const auto page = find_(query);
  if (!page) return answer_of(page.error());
  boost::json::array hits;
  for (const search::SearchHit& hit : page->hits) hits.push_back(form_of(hit));
  return ok({{"hits", std::move(hits)}, {"next", std::to_string(page->next)}, {"catching_up", page->catching_up}});
}

}  // namespace starling::api
