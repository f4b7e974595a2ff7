#include "server/api/api.h"

#include <fmt/format.h>

#include <new>
#include <utility>
#include <variant>

#include "server/accounts/limits.h"
#include "server/search/limits.h"

namespace starling::api {
namespace {

/// The store's answer is waited for; a second one keeps a slow search from holding up everybody.
constexpr unsigned kQuickThreads = 2;
static_assert(kQuickThreads <= search::limits::kFindersMax);

Answer busy() {
  return refused({.why = accounts::Why::Busy,
                  .message = "too much is going on; try again",
                  .retry_after_ms = accounts::limits::kBusyRetryMs});
}

}  // namespace

struct Api::Job {
  Call call;
  const Route* route = nullptr;
};

Api::Api(accounts::Context& context, std::string version, SearchRoutes::Find find, Respond respond)
    : context_(context),
      respond_(std::move(respond)),
      authentication_(context),
      sessions_(context, std::move(version)),
      me_(context),
      people_(context),
      invites_(context),
      rooms_(context),
      search_(std::move(find)),
      quick_("api", kQuickThreads, accounts::limits::kCallsWaitingMax),
      passwords_("passwords", context.config.hash_threads, accounts::limits::kHashesWaitingMax) {
  sessions_.add_to(router_);
  me_.add_to(router_);
  people_.add_to(router_);
  invites_.add_to(router_);
  rooms_.add_to(router_);
  search_.add_to(router_);
}

void Api::submit(ports::ApiRequest&& request) {
  auto job = std::make_shared<Job>(Job{.call = Call(std::move(request))});
  const Router::Found found = router_.find(job->call);
  if (found.route == nullptr) {
    Answer none = found.allow.empty() ? not_found("there is nothing at this path") : method_not_allowed(found.allow);
    return this->respond(job->call.request(), std::move(none));
  }
  job->route = found.route;
  accounts::WorkQueue& lane = job->route->lane == Lane::Password ? passwords_ : quick_;
  if (!lane.push([this, job] { run(*job); })) this->respond(job->call.request(), busy());
}

void Api::run(Job& job) {
  try {
    respond(job.call.request(), answer(job));
  } catch (const std::bad_alloc&) {
    respond(job.call.request(), busy());
  }
}

Answer Api::answer(Job& job) {
  if (const auto* open = std::get_if<OpenHandler>(&job.route->handler)) return (*open)(job.call);
  const auto caller = authentication_.caller(job.call.request().authorization);
  if (!caller) return refused(caller.error());
  return std::get<CallerHandler>(job.route->handler)(job.call, *caller);
}

void Api::respond(const ports::ApiRequest& request, Answer&& answer) {
  answers_[answer.status / 100 % answers_.size()].fetch_add(1, std::memory_order_relaxed);
  respond_(request.shard, {.conn = request.conn,
                           .status = answer.status,
                           .body = std::move(answer.body),
                           .retry_after_ms = answer.retry_after_ms,
                           .allow = std::move(answer.allow)});
}

std::string Api::metrics() const {
  std::string text =
      "# HELP starling_api_answers_total Answers of the HTTP API, by the hundreds of their status\n"
      "# TYPE starling_api_answers_total counter\n";
  for (const std::size_t hundreds : {2, 4, 5}) {
    text += fmt::format("starling_api_answers_total{{status=\"{}xx\"}} {}\n", hundreds,
                        answers_[hundreds].load(std::memory_order_relaxed));
  }
  text +=
      "# HELP starling_api_waiting Calls that wait for a thread\n"
      "# TYPE starling_api_waiting gauge\n";
  text += fmt::format("starling_api_waiting{{lane=\"quick\"}} {}\nstarling_api_waiting{{lane=\"password\"}} {}\n",
                      quick_.waiting(), passwords_.waiting());
  text += fmt::format(
      "# HELP starling_password_hashes_total Passwords hashed, right and wrong\n"
      "# TYPE starling_password_hashes_total counter\nstarling_password_hashes_total {}\n",
      context_.hasher.hashes());
  text += fmt::format(
      "# HELP starling_revoked_devices Devices refused although a credential of theirs may be in its time\n"
      "# TYPE starling_revoked_devices gauge\nstarling_revoked_devices {}\n",
      context_.revoked.size());
  return text;
}

}  // namespace starling::api
