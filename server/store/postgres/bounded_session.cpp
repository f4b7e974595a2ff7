#include "server/store/postgres/bounded_session.h"

#include <fmt/format.h>
#include <poll.h>

#include <optional>
#include <utility>

#include "server/store/postgres/errors.h"
#include "server/store/postgres/limits.h"
#include "server/store/postgres/session.h"

namespace starling::postgres {
BoundedSession::BoundedSession(const std::string& conninfo, std::shared_ptr<Resolver> resolver, std::size_t first_host,
                               Access access)
    : link_(conninfo, access, std::move(resolver), first_host) {
  wait_until([this] { return link_.state() == Link::State::Open; }, limits::kConnectPatience);
}

void BoundedSession::wait_until(const std::function<bool()>& done, std::chrono::milliseconds patience) {
  const auto until = std::chrono::steady_clock::now() + patience;
  while (!done()) {
    if (link_.state() == Link::State::Lost) refuse(link_.why(), true);
    if (std::chrono::steady_clock::now() >= until) {
      refuse(fmt::format("PostgreSQL has not answered for {} s: it waits for a standby, or is overloaded",
                         std::chrono::duration_cast<std::chrono::seconds>(patience).count()),
             true);
    }
    pollfd socket{.fd = link_.fd(), .events = link_.events(), .revents = 0};
    ::poll(&socket, 1, static_cast<int>(limits::kTick.count()));
    link_.advance();
  }
}

std::vector<Rows> BoundedSession::run(std::vector<Call> calls, bool proven) {
  link_.send(std::move(calls), proven);
  std::optional<Outcome> outcome;
  wait_until(
      [&] {
        outcome = link_.take();
        return outcome.has_value();
      },
      limits::kWatchdog);
  if (!outcome->ok()) refuse(explain(outcome->sqlstate, outcome->text), true);
  if (outcome->cut_short) refuse("a commit's wait for the standby was cut short", true);
  return std::move(outcome->rows);
}

}  // namespace starling::postgres
