// A connection to the server, by hiredis' asynchronous API, for a thread that polls.
#pragma once

#include <hiredis/async.h>

#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "server/directory/config.h"

namespace starling::directory {

class Connection {
 public:
  /// Called once for each command, in their order; null: the connection has ended before the answer.
  using OnReply = std::function<void(const redisReply*)>;

  /// Begins to connect.
  Connection(const Address& address, OnReply on_reply);
  ~Connection();
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  bool alive() const { return context_ != nullptr; }
  /// Why it is not alive.
  const std::string& error() const { return error_; }

  void command(std::span<const std::string_view> words);

  int descriptor() const { return context_->c.fd; }
  short wanted() const { return wanted_; }
  void handle(short events);

 private:
  static Connection& of(const redisAsyncContext* context) { return *static_cast<Connection*>(context->data); }
  void attach();

  OnReply on_reply_;
  redisAsyncContext* context_ = nullptr;
  short wanted_ = 0;
  std::string error_;
  std::vector<const char*> word_starts_;
  std::vector<std::size_t> word_sizes_;
};

}  // namespace starling::directory
