// Which function answers a method and a path. Routes are added before the first call, and only read after: any thread.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "server/accounts/caller.h"
#include "server/api/answer.h"
#include "server/api/call.h"

namespace starling::api {

/// On which threads a route runs.
enum class Lane : std::uint8_t {
  Quick,
  Password,  // it hashes one
};

using OpenHandler = std::function<Answer(const Call&)>;
/// Reached with a good token only.
using CallerHandler = std::function<Answer(const Call&, const accounts::Caller&)>;

struct Route {
  std::string method;
  std::vector<std::string> pattern;  // segments; "{name}" takes any one
  Lane lane = Lane::Quick;
  std::variant<OpenHandler, CallerHandler> handler;
};

class Router {
 public:
  /// `pattern` as in "/v1/rooms/{room}/invites". Where two fit, the one without braces in the first place that differs wins.
  void open(std::string method, std::string_view pattern, OpenHandler handler, Lane lane = Lane::Quick);
  void add(std::string method, std::string_view pattern, CallerHandler handler, Lane lane = Lane::Quick);

  struct Found {
    const Route* route = nullptr;
    std::string allow;  // of a path that is there under other methods
  };
  /// Gives the call the parts of its path.
  Found find(Call& call) const;

 private:
  void add(Route route, std::string_view pattern);

  std::vector<Route> routes_;
};

}  // namespace starling::api
