#include "tests/bench/wire_load/wire.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <utility>

#include "tests/bench/wire_load/clock.h"
#include "tests/bench/wire_load/protocol.h"

namespace starling::bench {
namespace {

constexpr std::uint32_t kInput = UINT32_MAX;  // in place of a peer's index
constexpr std::uint32_t kPeersPerAddress = 250;

[[noreturn]] void die(const char* what) {
  std::fprintf(stderr, "wire_load: %s: %s\n", what, std::strerror(errno));
  std::exit(3);
}

sockaddr_in address(std::uint32_t host, std::uint16_t port) {
  sockaddr_in in{};
  in.sin_family = AF_INET;
  in.sin_port = htons(port);
  in.sin_addr.s_addr = htonl(host);
  return in;
}

void set(int fd, int level, int option) {
  const int on = 1;
  if (::setsockopt(fd, level, option, &on, sizeof(on)) != 0) die("setsockopt");
}

}  // namespace

Wire::Wire(std::vector<std::uint16_t> ports)
    : ports_(std::move(ports)),
      epoll_(::epoll_create1(EPOLL_CLOEXEC)),
      buffer_(std::make_unique<std::byte[]>(kReadBytes)) {
  if (epoll_ < 0) die("epoll_create1");
}

Wire::~Wire() { ::close(epoll_); }

void Wire::open(Peer& peer) {
  peer.fd = ::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (peer.fd < 0) die("socket");
  set(peer.fd, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT);
  set(peer.fd, IPPROTO_TCP, TCP_NODELAY);
  // 127.0.1.1 and on: a server that counts connections by address sees many.
  const sockaddr_in from = address(INADDR_LOOPBACK + 256 + peer.index / kPeersPerAddress, 0);
  if (::bind(peer.fd, reinterpret_cast<const sockaddr*>(&from), sizeof(from)) != 0) die("bind");
  const sockaddr_in to = address(INADDR_LOOPBACK, ports_[peer.index % ports_.size()]);
  if (::connect(peer.fd, reinterpret_cast<const sockaddr*>(&to), sizeof(to)) != 0 && errno != EINPROGRESS)
    die("connect");
  ++peer.use;
  peer.phase = Phase::Connecting;
  peer.writes_wait = true;
  watch(peer, EPOLL_CTL_ADD);
}

void Wire::close(Peer& peer) {
  if (peer.fd < 0) return;
  ::close(peer.fd);
  peer.fd = -1;
  peer.out.clear();
  peer.phase = Phase::Closed;
}

void Wire::pause(Peer& peer) {
  peer.paused = true;
  watch(peer, EPOLL_CTL_MOD);
}

void Wire::unpause(Peer& peer) {
  peer.paused = false;
  if (peer.fd >= 0) watch(peer, EPOLL_CTL_MOD);
}

void Wire::watch(const Peer& peer, int operation) {
  epoll_event event{};
  // Edges: a level is asked for twice at each wait, which the load would pay more for than for reading. A paused peer
  // hears of nothing, not even of an end.
  event.events = EPOLLET;
  if (!peer.paused) event.events |= EPOLLIN | EPOLLRDHUP | (peer.writes_wait ? std::uint32_t{EPOLLOUT} : 0u);
  event.data.u32 = peer.index;
  if (::epoll_ctl(epoll_, operation, peer.fd, &event) != 0) die("epoll_ctl");
}

void Wire::watch_input(int fd) {
  epoll_event event{};
  event.events = EPOLLIN;
  event.data.u32 = kInput;
  if (::epoll_ctl(epoll_, EPOLL_CTL_ADD, fd, &event) != 0) die("epoll_ctl");
}

void Wire::write(Peer& peer, std::span<const std::byte> bytes) {
  if (peer.fd < 0) return;
  peer.out.append(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  if (!peer.writes_wait) flush(peer);
}

void Wire::flush(Peer& peer) {
  const ssize_t sent = ::send(peer.fd, peer.out.data(), peer.out.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
  // A broken connection shows when it is read.
  if (sent > 0) peer.out.erase(0, static_cast<std::size_t>(sent));
  if (peer.writes_wait == !peer.out.empty()) return;
  peer.writes_wait = !peer.out.empty();
  watch(peer, EPOLL_CTL_MOD);
}

std::size_t Wire::wait(Instant until) {
  timespec timeout{};
  const timespec* bound = nullptr;
  if (until != kNever) {
    const auto left = std::max<Duration>(until - steady_now(), Duration::zero()).count();
    timeout.tv_sec = left / 1'000'000'000;
    timeout.tv_nsec = left % 1'000'000'000;
    bound = &timeout;
  }
  const int count = ::epoll_pwait2(epoll_, events_.data(), static_cast<int>(events_.size()), bound, nullptr);
  if (count < 0 && errno != EINTR) die("epoll_pwait2");
  return count < 0 ? 0 : static_cast<std::size_t>(count);
}

bool Wire::handle(std::size_t i, std::vector<Peer>& peers, Protocol& protocol) {
  const epoll_event& event = events_[i];
  if (event.data.u32 == kInput) return true;
  Peer& peer = peers[event.data.u32];
  if (peer.fd < 0 || peer.paused) return false;
  if (peer.phase == Phase::Connecting) {
    int error = 0;
    socklen_t size = sizeof(error);
    ::getsockopt(peer.fd, SOL_SOCKET, SO_ERROR, &error, &size);
    if (error != 0) return end(peer, protocol), false;
    peer.phase = Phase::Joining;
    peer.writes_wait = false;
    protocol.connected(peer, steady_now());
    if (!peer.writes_wait) watch(peer, EPOLL_CTL_MOD);
    return false;
  }
  if ((event.events & EPOLLOUT) != 0) flush(peer);
  if ((event.events & (EPOLLIN | EPOLLRDHUP | EPOLLHUP | EPOLLERR)) != 0) {
    const bool ends = (event.events & (EPOLLRDHUP | EPOLLHUP | EPOLLERR)) != 0;
    while (read(peer, protocol, ends)) {
    }
  }
  return false;
}

/// True when there is more to read: a short read took everything, unless the end is still to come.
bool Wire::read(Peer& peer, Protocol& protocol, bool ends) {
  if (peer.fd < 0) return false;
  const ssize_t count = ::recv(peer.fd, buffer_.get(), kReadBytes, MSG_DONTWAIT);
  if (count < 0 && errno == EINTR) return true;
  if (count < 0 && errno == EAGAIN) return false;
  if (count <= 0) {
    end(peer, protocol);
    return false;
  }
  protocol.received(peer, {buffer_.get(), static_cast<std::size_t>(count)}, steady_now());
  return ends || static_cast<std::size_t>(count) == kReadBytes;
}

void Wire::end(Peer& peer, Protocol& protocol) {
  close(peer);
  protocol.disconnected(peer);
}

}  // namespace starling::bench
