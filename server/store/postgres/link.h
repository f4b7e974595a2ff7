// A connection in pipeline mode: exchanges go out without waiting, and their outcomes come back in order.
#pragma once

#include <libpq-fe.h>

#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_set>
#include <vector>

#include "server/store/postgres/call.h"
#include "server/store/postgres/conninfo.h"
#include "server/store/postgres/resolver.h"
#include "server/store/postgres/rows.h"

namespace starling::postgres {

/// What became of an exchange: of its calls' rows, or of the error that undid all of it.
struct Outcome {
  std::vector<Rows> rows;
  std::string sqlstate;  // empty: none
  std::string text;
  bool cut_short = false;  // it says success, and its wait for a standby did not end by itself

  bool ok() const { return sqlstate.empty(); }
};

/// Owner: a loop's thread. Nothing here waits.
class Link {
 public:
  /// `resolver`: of the same conninfo. `first`: which of its hosts is tried first, counted round and round.
  Link(const std::string& conninfo, Access access, std::shared_ptr<Resolver> resolver, std::size_t first);
  Link(const Link&) = delete;
  Link& operator=(const Link&) = delete;
  ~Link() = default;

  enum class State : std::uint8_t { Connecting, Open, Lost };
  State state() const { return state_; }
  /// Of a link that is lost: why.
  const std::string& why() const { return why_; }

  int fd() const { return PQsocket(connection_.get()); }
  short events() const { return events_; }
  /// After poll, whatever it has found.
  void advance();

  /// One transaction of these calls. `proven`: its end waits for a standby, and the outcome says whether that was cut short.
  void send(std::vector<Call> calls, bool proven = false);
  /// The next exchange that is over. Also of a link that is lost, what came before that.
  std::optional<Outcome> take();

 private:
  struct Finish {
    void operator()(PGconn* connection) const { PQfinish(connection); }
  };
  /// What the server answers one by one: a statement's preparation, or an execution.
  struct Step {
    const Statement* prepares = nullptr;  // null: an execution
  };
  enum class Part : std::uint8_t { Whole, Commit, Proof };
  struct Turn {
    Part part = Part::Whole;  // of an exchange
    std::deque<Step> steps;
    Outcome outcome;
  };

  void resolve();
  void start(Hosts hosts);
  bool is_ready() const;
  void connect();
  void open();
  void lose(std::string why);
  bool queue(const Call& call, Turn& turn);
  bool queue(const std::vector<Call>& calls, Part part);
  void flush();
  void receive(PGresult* result, Turn& turn);
  static void on_notice(void* link, const PGresult* notice);

  std::string conninfo_;
  Access access_;
  std::shared_ptr<Resolver> resolver_;
  std::size_t first_;
  Resolver::Clock::time_point begun_ = Resolver::Clock::now();
  std::unique_ptr<PGconn, Finish> connection_;  // null: its hosts are not known yet
  State state_ = State::Connecting;
  std::string why_;
  short events_ = 0;
  std::unordered_set<const Statement*> prepared_;
  std::deque<Turn> turns_;
  Outcome committed_;      // of an exchange of which the proof is yet to come
  bool answered_ = false;  // the step under way has its result; its end comes as well
  bool warned_ = false;
};

}  // namespace starling::postgres
