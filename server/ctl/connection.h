// A blocking connection to a server, plain or through TLS, closed with the object.
#pragma once

#include <openssl/types.h>

#include <chrono>
#include <cstddef>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include "common/base/result.h"
#include "server/ctl/http_address.h"

namespace starling::ctl {

class Connection {
 public:
  /// `timeout` bounds the connect, and each read and write. Errors are phrases: "connection refused".
  static Result<Connection, std::string> open(const HttpAddress& address, std::chrono::seconds timeout);

  Connection(Connection&& other) noexcept : fd_(std::exchange(other.fd_, -1)), ssl_(std::move(other.ssl_)) {}
  Connection& operator=(Connection&&) = delete;
  ~Connection();

  /// All of it, or an error.
  Result<void, std::string> write(std::string_view bytes);
  /// What is there, at least one byte; 0 at the end of the stream.
  Result<std::size_t, std::string> read(std::span<char> out);

 private:
  explicit Connection(int fd) : fd_(fd) {}
  Result<void, std::string> start_tls(const HttpAddress& address);

  struct Free {
    void operator()(SSL* ssl) const;
  };
  int fd_;
  std::unique_ptr<SSL, Free> ssl_;
};

}  // namespace starling::ctl
