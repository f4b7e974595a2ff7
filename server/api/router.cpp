#include "server/api/router.h"

#include <algorithm>
#include <utility>

namespace starling::api {
namespace {

std::vector<std::string_view> segments(std::string_view path) {
  std::vector<std::string_view> out;
  while (path.starts_with('/')) {
    path.remove_prefix(1);
    const std::size_t end = std::min(path.find('/'), path.size());
    out.push_back(path.substr(0, end));
    path.remove_prefix(end);
  }
  return out;
}

bool takes_any(std::string_view segment) { return segment.starts_with('{'); }

bool fits(const Route& route, const std::vector<std::string_view>& path) {
  return std::ranges::equal(route.pattern, path, [](const std::string& want, std::string_view is) {
    return takes_any(want) ? !is.empty() : want == is;
  });
}

bool more_exact(const Route& a, const Route& b) {
  for (std::size_t i = 0; i < a.pattern.size(); ++i) {
    if (takes_any(a.pattern[i]) != takes_any(b.pattern[i])) return takes_any(b.pattern[i]);
  }
  return false;
}

}  // namespace

void Router::open(std::string method, std::string_view pattern, OpenHandler handler, Lane lane) {
  add(Route{.method = std::move(method), .pattern = {}, .lane = lane, .handler = std::move(handler)}, pattern);
}

void Router::add(std::string method, std::string_view pattern, CallerHandler handler, Lane lane) {
  add(Route{.method = std::move(method), .pattern = {}, .lane = lane, .handler = std::move(handler)}, pattern);
}

void Router::add(Route route, std::string_view pattern) {
  for (const std::string_view segment : segments(pattern)) route.pattern.emplace_back(segment);
  routes_.push_back(std::move(route));
}

Router::Found Router::find(Call& call) const {
  const auto path = segments(call.path());
  Found found;
  for (const Route& route : routes_) {
    if (!fits(route, path)) continue;
    if (route.method != call.request().method) {
      found.allow += (found.allow.empty() ? "" : ", ") + route.method;
    } else if (found.route == nullptr || more_exact(route, *found.route)) {
      found.route = &route;
    }
  }
  if (found.route == nullptr) return found;
  for (std::size_t i = 0; i < path.size(); ++i) {
    const std::string& want = found.route->pattern[i];
    if (takes_any(want)) call.set_part(std::string_view(want).substr(1, want.size() - 2), path[i]);
  }
  return found;
}

}  // namespace starling::api
