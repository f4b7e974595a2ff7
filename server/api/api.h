// The HTTP API: takes requests from the shards, runs each on the threads of its lane, and hands the answer back. A resource
// is a class in a file of its own (session_routes.h) that adds its routes to the router; to add one is a member and a line
// in the constructor here, or router() before the first request.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "server/accounts/authentication.h"
#include "server/accounts/work_queue.h"
#include "server/api/invite_routes.h"
#include "server/api/me_routes.h"
#include "server/api/people_routes.h"
#include "server/api/room_routes.h"
#include "server/api/router.h"
#include "server/api/search_routes.h"
#include "server/api/session_routes.h"
#include "server/ports/api.h"

namespace starling::api {

class Api {
 public:
  /// Called from any thread, once a request. The connection may have gone.
  using Respond = std::function<void(ShardId, ports::ApiResponse&&)>;

  /// `context` outlives it.
  Api(accounts::Context& context, std::string version, SearchRoutes::Find find, Respond respond);
  Api(const Api&) = delete;
  Api& operator=(const Api&) = delete;

  /// Any thread; never blocks. Too many waiting are answered 503 at once.
  void submit(ports::ApiRequest&& request);
  /// Prometheus text.
  std::string metrics() const;

  Router& router() { return router_; }
  accounts::Registration& registration() { return sessions_.registration(); }

 private:
  struct Job;
  void run(Job& job);
  Answer answer(Job& job);
  void respond(const ports::ApiRequest& request, Answer&& answer);

  accounts::Context& context_;
  Respond respond_;
  accounts::Authentication authentication_;
  Router router_;
  SessionRoutes sessions_;
  MeRoutes me_;
  PeopleRoutes people_;
  InviteRoutes invites_;
  RoomRoutes rooms_;
  SearchRoutes search_;
  std::array<std::atomic<std::uint64_t>, 6> answers_{};  // by the hundreds of the status
  // Last: their threads use all of the above.
  accounts::WorkQueue quick_;
  accounts::WorkQueue passwords_;
};

}  // namespace starling::api
