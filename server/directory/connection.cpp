#include "server/directory/connection.h"

#include <poll.h>

#include <utility>

namespace starling::directory {

std::string text_of(const Address& address) {
  return address.port == 0 ? address.host : address.host + ":" + std::to_string(address.port);
}

Connection::Connection(const Address& address, OnReply on_reply) : on_reply_(std::move(on_reply)) {
  const char* host = address.host.c_str();
  context_ = address.port == 0 ? redisAsyncConnectUnix(host) : redisAsyncConnect(host, address.port);
  if (context_ == nullptr) {
    error_ = "out of memory";
    return;
  }
  attach();
  if (context_->err == 0) return;
  error_ = context_->errstr;
  redisAsyncFree(context_);
}

Connection::~Connection() {
  if (context_ != nullptr) redisAsyncFree(context_);
}

void Connection::attach() {
  context_->data = this;
  context_->ev.data = this;
  context_->ev.addRead = [](void* self) { static_cast<Connection*>(self)->wanted_ |= POLLIN; };
  context_->ev.delRead = [](void* self) { static_cast<Connection*>(self)->wanted_ &= ~POLLIN; };
  context_->ev.addWrite = [](void* self) { static_cast<Connection*>(self)->wanted_ |= POLLOUT; };
  context_->ev.delWrite = [](void* self) { static_cast<Connection*>(self)->wanted_ &= ~POLLOUT; };
  // hiredis frees the context by itself when the connection fails.
  context_->ev.cleanup = [](void* self) { static_cast<Connection*>(self)->context_ = nullptr; };
  redisAsyncSetConnectCallback(context_, [](const redisAsyncContext* context, int status) {
    if (status != REDIS_OK) of(context).error_ = context->errstr;
  });
  redisAsyncSetDisconnectCallback(context_, [](const redisAsyncContext* context, int status) {
    if (status != REDIS_OK) of(context).error_ = context->errstr;
  });
}

void Connection::command(std::span<const std::string_view> words) {
  word_starts_.clear();
  word_sizes_.clear();
  for (const std::string_view word : words) {
    word_starts_.push_back(word.data());
    word_sizes_.push_back(word.size());
  }
  const auto answered = [](redisAsyncContext* context, void* reply, void*) {
    of(context).on_reply_(static_cast<const redisReply*>(reply));
  };
  redisAsyncCommandArgv(context_, answered, nullptr, static_cast<int>(words.size()), word_starts_.data(),
                        word_sizes_.data());
}

void Connection::handle(short events) {
  if ((events & (POLLIN | POLLERR | POLLHUP)) != 0) redisAsyncHandleRead(context_);
  if (alive() && (events & (POLLOUT | POLLERR)) != 0) redisAsyncHandleWrite(context_);
}

}  // namespace starling::directory
