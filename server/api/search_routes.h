// /v1/search: messages of the caller's rooms, by what they say.
#pragma once

#include <functional>

#include "common/base/result.h"
#include "server/api/router.h"
#include "server/search/query.h"

namespace starling::api {

class SearchRoutes {
 public:
  using Find = std::function<Result<search::SearchPage, search::SearchError>(const search::SearchQuery&)>;
  /// `find` may block; it is called on the quick lane.
  explicit SearchRoutes(Find find) : find_(std::move(find)) {}

  /// This outlives the router's calls.
  void add_to(Router& router);
  Answer search(const Call& call, UserId user) const;

 private:
  Find find_;
};

}  // namespace starling::api
