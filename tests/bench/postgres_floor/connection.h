// A connection in pipeline mode that sends each call as it comes and counts what is answered.
#pragma once

#include <libpq-fe.h>

#include <cstdint>
#include <deque>
#include <memory>
#include <string>
#include <vector>

#include "server/store/postgres/call.h"

namespace starling::bench {

class FloorConnection {
 public:
  explicit FloorConnection(const std::string& conninfo);

  /// A transaction of its own. `room` comes back from answered().
  void send(std::uint32_t room, const postgres::Call& call);
  /// Reads and writes what can be; returns the rooms whose calls were answered.
  std::vector<std::uint32_t> advance();

  int fd() const { return PQsocket(connection_.get()); }
  bool has_output() const { return output_; }
  std::size_t in_flight() const { return rooms_.size(); }

 private:
  struct Finish {
    void operator()(PGconn* connection) const { PQfinish(connection); }
  };
  [[noreturn]] void die(const char* what) const;
  void flush();

  std::unique_ptr<PGconn, Finish> connection_;
  std::deque<std::uint32_t> rooms_;
  bool prepared_ = false;
  bool output_ = false;
};

}  // namespace starling::bench
