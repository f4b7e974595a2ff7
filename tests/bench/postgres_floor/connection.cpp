#include "tests/bench/postgres_floor/connection.h"

#include <cstdio>
#include <cstdlib>

#include "server/store/postgres/conninfo.h"

namespace starling::bench {
namespace {

constexpr int kBinary = 1;

}  // namespace

FloorConnection::FloorConnection(const std::string& conninfo)
    : connection_(postgres::ConnectParams(conninfo, postgres::Access::Write).connect()) {
  if (PQstatus(connection_.get()) != CONNECTION_OK) die("connect");
  if (PQsetnonblocking(connection_.get(), 1) != 0 || PQenterPipelineMode(connection_.get()) != 1) die("pipeline");
}

void FloorConnection::die(const char* what) const {
  std::fprintf(stderr, "postgres_floor: %s: %s\n", what, PQerrorMessage(connection_.get()));
  std::exit(3);
}

void FloorConnection::send(std::uint32_t room, const postgres::Call& call) {
  PGconn* c = connection_.get();
  if (!prepared_) {
    if (PQsendPrepare(c, call.statement->name, call.statement->sql, 0, nullptr) != 1) die("prepare");
    prepared_ = true;
  }
  const postgres::Params::Pointers p = call.params.pointers();
  if (PQsendQueryPrepared(c, call.statement->name, static_cast<int>(p.values.size()), p.values.data(), p.lengths.data(),
                          p.formats.data(), kBinary) != 1 ||
      PQpipelineSync(c) != 1) {
    die("send");
  }
  rooms_.push_back(room);
  flush();
}

void FloorConnection::flush() {
  const int left = PQflush(connection_.get());
  if (left < 0) die("write");
  output_ = left > 0;
}

std::vector<std::uint32_t> FloorConnection::advance() {
  PGconn* c = connection_.get();
  if (PQconsumeInput(c) != 1) die("read");
  flush();
  std::vector<std::uint32_t> answered;
  // Between two results of a pipeline comes a null.
  for (int nulls = 0; nulls < 2 && !rooms_.empty() && PQisBusy(c) == 0;) {
    PGresult* result = PQgetResult(c);
    if (result == nullptr) {
      ++nulls;
      continue;
    }
    nulls = 0;
    const ExecStatusType status = PQresultStatus(result);
    PQclear(result);
    if (status == PGRES_PIPELINE_SYNC) {
      answered.push_back(rooms_.front());
      rooms_.pop_front();
    } else if (status != PGRES_TUPLES_OK && status != PGRES_COMMAND_OK) {
      die("commit_batch");
    }
  }
  return answered;
}

}  // namespace starling::bench
