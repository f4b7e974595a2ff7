#include "server/store/postgres/link.h"

#include <fmt/format.h>
#include <poll.h>

#include <algorithm>
#include <cstddef>
#include <cstring>
#include <utility>

#include "server/store/postgres/limits.h"

namespace starling::postgres {
namespace {

/// A wait ends as a success, without a word, when synchronous_standby_names becomes empty: the checkpointer, which reads that
/// at a reload, wakes whoever waits. The server tells its backends of a reload before the checkpointer, and a backend reads
/// its configuration anew before the next message that it takes. So if the one behind the commit is of the same reload as
/// the one in which the barrier found a name, the wait was not ended like that (docs/decisions/0013).
constexpr Statement kBarrier{"barrier", "SELECT barrier(), pg_conf_load_time()"};
constexpr Statement kProof{"proof", "SELECT pg_conf_load_time()"};

bool is_proven(const Outcome& committed, const Outcome& proof) {
  return proof.ok() && committed.rows.back().i64(0, 1) == proof.rows.at(0).i64(0, 0);
}

}  // namespace

Link::Link(const std::string& conninfo, Access access, std::shared_ptr<Resolver> resolver, std::size_t first)
    : conninfo_(conninfo), access_(access), resolver_(std::move(resolver)), first_(first) {
  if (resolver_->is_needed()) {
    resolve();
  } else {
    start(resolver_->hosts());
  }
}

void Link::resolve() {
  const auto answer = resolver_->since(begun_);
  if (!answer) {
    if (Resolver::Clock::now() < begun_ + limits::kResolvePatience) return;
    return lose(
        fmt::format("the host of PostgreSQL is not found: no name server answers in {} s; check DNS, or name an "
                    "address in store.postgres (hostaddr=)",
                    limits::kResolvePatience.count()));
  }
  if (answer->error.empty()) return start(answer->hosts);
  lose(fmt::format("the host of PostgreSQL is not found ({}); check host in store.postgres, and DNS", answer->error));
}

void Link::start(Hosts hosts) {
  if (!hosts.empty()) std::ranges::rotate(hosts, hosts.begin() + static_cast<std::ptrdiff_t>(first_ % hosts.size()));
  begun_ = Resolver::Clock::now();
  connection_.reset(ConnectParams(conninfo_, access_, hosts).start());
  if (PQstatus(connection_.get()) == CONNECTION_BAD) {  // of none as well: there was no memory
    lose(explain_connection(PQerrorMessage(connection_.get())));
  } else {
    PQsetNoticeReceiver(connection_.get(), on_notice, this);
    events_ = POLLOUT;
  }
}

/// Of warnings only the one of a cancelled wait can come: our functions raise none (docs/decisions/0013). Its text is in the
/// language of the server, so that any is taken for it.
void Link::on_notice(void* link, const PGresult* notice) {
  const char* severity = PQresultErrorField(notice, PG_DIAG_SEVERITY_NONLOCALIZED);
  if (severity != nullptr && std::strcmp(severity, "WARNING") == 0) static_cast<Link*>(link)->warned_ = true;
}

void Link::lose(std::string why) {
  if (state_ == State::Lost) return;
  state_ = State::Lost;
  events_ = 0;
  why_ = std::move(why);
}

void Link::open() {
  if (PQsetnonblocking(connection_.get(), 1) != 0 || PQenterPipelineMode(connection_.get()) != 1) {
    return lose(PQerrorMessage(connection_.get()));
  }
  state_ = State::Open;
  events_ = POLLIN;
}

bool Link::is_ready() const {
  pollfd socket{.fd = fd(), .events = events_, .revents = 0};
  return ::poll(&socket, 1, 0) > 0;
}

/// libpq takes a call for the word that its socket is ready. Where it is not, it would wait for it itself, and pass over no host.
void Link::connect() {
  if (Resolver::Clock::now() > begun_ + limits::kConnectPatience) {
    return lose(fmt::format("PostgreSQL at {} says nothing", PQhost(connection_.get())));
  }
  if (!is_ready()) return;
  switch (PQconnectPoll(connection_.get())) {
    case PGRES_POLLING_OK:
      return open();
    case PGRES_POLLING_READING:
      events_ = POLLIN;
      return;
    case PGRES_POLLING_WRITING:
      events_ = POLLOUT;
      return;
    default:
      return lose(explain_connection(PQerrorMessage(connection_.get())));
  }
}

void Link::advance() {
  if (state_ == State::Connecting) return connection_ == nullptr ? resolve() : connect();
  if (state_ != State::Open) return;
  if (PQconsumeInput(connection_.get()) == 0) return lose(PQerrorMessage(connection_.get()));
  flush();
}

void Link::flush() {
  const int left = PQflush(connection_.get());
  if (left < 0) return lose(PQerrorMessage(connection_.get()));
  events_ = static_cast<short>(left == 0 ? POLLIN : POLLIN | POLLOUT);
}

bool Link::queue(const Call& call, Turn& turn) {
  const Statement& statement = *call.statement;
  if (prepared_.insert(&statement).second) {
    if (PQsendPrepare(connection_.get(), statement.name, statement.sql, 0, nullptr) != 1) return false;
    turn.steps.push_back({.prepares = &statement});
  }
  const Params::Pointers p = call.params.pointers();
  turn.steps.push_back({});
  return PQsendQueryPrepared(connection_.get(), statement.name, static_cast<int>(p.values.size()), p.values.data(),
                             p.lengths.data(), p.formats.data(), 1) == 1;
}

bool Link::queue(const std::vector<Call>& calls, Part part) {
  Turn& turn = turns_.emplace_back(Turn{.part = part, .steps = {}, .outcome = {}});
  for (const Call& call : calls) {
    if (!queue(call, turn)) return false;
  }
  return PQpipelineSync(connection_.get()) == 1;
}

void Link::send(std::vector<Call> calls, bool proven) {
  if (proven) calls.push_back({&kBarrier, Params()});
  bool sent = state_ == State::Open && queue(calls, proven ? Part::Commit : Part::Whole);
  if (sent && proven) sent = queue({{&kProof, Params()}}, Part::Proof);
  if (!sent) return lose(PQerrorMessage(connection_.get()));
  flush();
}

void Link::receive(PGresult* result, Turn& turn) {
  Rows rows(result);
  const Statement* prepares = turn.steps.empty() ? nullptr : turn.steps.front().prepares;
  answered_ = true;
  switch (PQresultStatus(result)) {
    case PGRES_TUPLES_OK:
      turn.outcome.rows.push_back(std::move(rows));
      return;
    case PGRES_COMMAND_OK:
      return;
    case PGRES_PIPELINE_ABORTED:
      if (prepares != nullptr) prepared_.erase(prepares);
      return;
    default:
      break;
  }
  if (prepares != nullptr) prepared_.erase(prepares);
  const char* sqlstate = PQresultErrorField(result, PG_DIAG_SQLSTATE);
  const char* text = PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY);
  turn.outcome.sqlstate = sqlstate == nullptr ? "08006" : sqlstate;
  turn.outcome.text = text == nullptr ? PQresultErrorMessage(result) : text;
}

std::optional<Outcome> Link::take() {
  if (connection_ == nullptr) return std::nullopt;
  while (!turns_.empty() && PQisBusy(connection_.get()) == 0) {
    PGresult* result = PQgetResult(connection_.get());
    if (result == nullptr) {
      // The end of a step's results; of a lost connection, the end of all.
      if (!answered_) break;
      answered_ = false;
      if (!turns_.front().steps.empty()) turns_.front().steps.pop_front();
      continue;
    }
    if (PQresultStatus(result) == PGRES_PIPELINE_SYNC) {
      PQclear(result);
      answered_ = false;
      Turn turn = std::move(turns_.front());
      turns_.pop_front();
      turn.outcome.cut_short = std::exchange(warned_, false);
      if (turn.part == Part::Whole) return std::move(turn.outcome);
      if (turn.part == Part::Proof) {
        if (committed_.ok() && !is_proven(committed_, turn.outcome)) committed_.cut_short = true;
        return std::move(committed_);
      }
      committed_ = std::move(turn.outcome);
      continue;
    }
    receive(result, turns_.front());
  }
  if (state_ == State::Open && PQstatus(connection_.get()) == CONNECTION_BAD) lose(PQerrorMessage(connection_.get()));
  return std::nullopt;
}

}  // namespace starling::postgres
