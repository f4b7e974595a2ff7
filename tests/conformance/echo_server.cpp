// An echo server over common/ws, for what production limits forbid: text, messages of 16 MiB and of many frames. One
// thread, one epoll. Prints its port and ends when its standard input does, so it cannot outlive the test.
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "common/base/mutant.h"
#include "common/ws/frame.h"
#include "common/ws/handshake.h"
#include "common/ws/parser.h"

namespace {

using namespace starling;

constexpr ws::Limits kLimits{.message_bytes_max = 17 << 20, .frames_per_message_max = 1 << 20, .allow_text = true};
constexpr std::size_t kReadBytes = 256 * 1024;
constexpr std::size_t kUnsentMax = 64 << 20;  // beyond it, nothing more is read

[[noreturn]] void die(const char* what) {
  std::perror(what);
  std::exit(1);
}

class Connection {
 public:
  explicit Connection(int fd) : fd_(fd) {}
  ~Connection() { close(fd_); }
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  /// False when the connection has ended.
  bool on_events(std::uint32_t events, std::span<std::byte> buffer) {
    if ((events & EPOLLERR) != 0) return false;
    if ((events & EPOLLIN) != 0 && !read(buffer)) return false;
    return write();
  }

  std::uint32_t wanted() const { return (unsent() < kUnsentMax ? EPOLLIN : 0u) | (unsent() > 0 ? EPOLLOUT : 0u); }

 private:
  enum class State { Upgrading, Open, Closing };

  std::size_t unsent() const { return out_.size() - sent_; }

  bool read(std::span<std::byte> buffer) {
    const ssize_t size = recv(fd_, buffer.data(), buffer.size(), 0);
    if (size < 0) return errno == EAGAIN || errno == EINTR;
    if (size == 0) return false;
    auto input = buffer.first(static_cast<std::size_t>(size));
    if (state_ == State::Upgrading) return upgrade(input);
    take(input);
    return true;
  }

  bool upgrade(std::span<std::byte> input) {
    head_.append(reinterpret_cast<const char*>(input.data()), input.size());
    const auto request = ws::parse_request(head_);
    if (!request && request.error() == ws::HttpError::Incomplete) return true;
    const auto refusal = request ? ws::judge_upgrade(*request) : std::optional(request.error());
    if (refusal) {
      append(std::string("HTTP/1.1 ").append(ws::http_status(*refusal)).append("\r\nConnection: close\r\n"));
      append(std::string(ws::http_extra_headers(*refusal)).append("Content-Length: 0\r\n\r\n"));
      state_ = State::Closing;
      return true;
    }
    append(ws::upgrade_response(request->key));
    state_ = State::Open;
    std::vector<std::byte> frames(input.end() - static_cast<std::ptrdiff_t>(head_.size() - request->head_bytes),
                                  input.end());
    head_ = {};
    take(frames);
    return true;
  }

  void take(std::span<std::byte> input) {
    while (true) {
      const ws::Item item = parser_.next(input);
      switch (item.kind) {
        case ws::Item::Kind::NeedMore:
          return;
        case ws::Item::Kind::Message:
          ws::append_server_frame(out_, item.text ? ws::Opcode::Text : ws::Opcode::Binary, item.payload);
          break;
        case ws::Item::Kind::Ping:
          ws::append_server_frame(out_, ws::Opcode::Pong, item.payload);
          break;
        case ws::Item::Kind::Pong:
          break;
        case ws::Item::Kind::Close:
          ws::append_server_frame(out_, ws::Opcode::Close, item.payload);
          state_ = State::Closing;
          break;
        case ws::Item::Kind::Error: {
          std::array<std::byte, ws::kControlPayloadMax> payload;
          const auto size = ws::write_close_payload(payload, item.close_code, ws::describe(item.violation));
          ws::append_server_frame(out_, ws::Opcode::Close, std::span(payload).first(size));
          state_ = State::Closing;
        }
      }
    }
  }

  bool write() {
    while (unsent() > 0) {
      const ssize_t size = send(fd_, out_.data() + sent_, unsent(), MSG_NOSIGNAL);
      if (size < 0) return errno == EAGAIN || errno == EINTR;
      sent_ += static_cast<std::size_t>(size);
    }
    out_.clear();
    sent_ = 0;
    // Half-closed, and read until the peer closes too: a reset would take the close frame from it.
    if (state_ == State::Closing) shutdown(fd_, SHUT_WR);
    return true;
  }

  void append(std::string_view text) {
    const auto bytes = std::as_bytes(std::span(text));
    out_.insert(out_.end(), bytes.begin(), bytes.end());
  }

  int fd_;
  State state_ = State::Upgrading;
  std::string head_;
  ws::Parser parser_{ws::Role::Server, kLimits};
  std::vector<std::byte> out_;
  std::size_t sent_ = 0;
};

int listen_on_loopback() {
  const int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  auto* generic = reinterpret_cast<sockaddr*>(&address);
  if (fd < 0 || bind(fd, generic, size) != 0 || listen(fd, 128) != 0) die("listen");
  if (getsockname(fd, generic, &size) != 0) die("getsockname");
  std::printf("%d\n", ntohs(address.sin_port));
  std::fflush(stdout);
  return fd;
}

class Loop {
 public:
  void run() {
    watch(EPOLL_CTL_ADD, listener_, EPOLLIN);
    watch(EPOLL_CTL_ADD, STDIN_FILENO, EPOLLIN);
    std::array<epoll_event, 64> events;
    while (true) {
      const int count = epoll_wait(epoll_, events.data(), static_cast<int>(events.size()), -1);
      if (count < 0 && errno != EINTR) die("epoll_wait");
      for (int i = 0; i < count; ++i) {
        const int fd = events[static_cast<std::size_t>(i)].data.fd;
        if (fd == STDIN_FILENO) return;
        if (fd == listener_) {
          accept_one();
        } else {
          serve(fd, events[static_cast<std::size_t>(i)].events);
        }
      }
    }
  }

 private:
  void watch(int operation, int fd, std::uint32_t wanted) {
    epoll_event event{.events = wanted, .data = {.fd = fd}};
    if (epoll_ctl(epoll_, operation, fd, &event) != 0) die("epoll_ctl");
  }

  void accept_one() {
    const int fd = accept4(listener_, nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC);
    if (fd < 0) return;
    const int on = 1;
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    connections_[fd] = std::make_unique<Connection>(fd);
    watch(EPOLL_CTL_ADD, fd, EPOLLIN);
  }

  void serve(int fd, std::uint32_t events) {
    Connection& connection = *connections_.at(fd);
    if (!connection.on_events(events, buffer_)) {
      connections_.erase(fd);  // closes it, which ends the watch
      return;
    }
    watch(EPOLL_CTL_MOD, fd, connection.wanted());
  }

  int epoll_ = epoll_create1(EPOLL_CLOEXEC);
  int listener_ = listen_on_loopback();
  std::map<int, std::unique_ptr<Connection>> connections_;
  std::vector<std::byte> buffer_ = std::vector<std::byte>(kReadBytes);
};

}  // namespace

int main() {
  if (!plant(std::getenv("STARLING_MUTANT"))) return 2;
  Loop().run();
}
