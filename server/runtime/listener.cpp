#include "server/runtime/listener.h"

#include <arpa/inet.h>
#include <fmt/format.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

namespace starling::runtime {
namespace {

constexpr int kBacklog = 4096;  // a reconnect storm; the kernel caps it at net.core.somaxconn

struct Endpoint {
  sockaddr_storage storage{};
  socklen_t size = 0;

  sockaddr* address() { return reinterpret_cast<sockaddr*>(&storage); }
  std::uint16_t port() const {
    return ntohs(storage.ss_family == AF_INET6 ? reinterpret_cast<const sockaddr_in6&>(storage).sin6_port
                                               : reinterpret_cast<const sockaddr_in&>(storage).sin_port);
  }
};

Endpoint endpoint_of(const std::string& address, std::uint16_t port) {
  Endpoint e;
  auto& v4 = reinterpret_cast<sockaddr_in&>(e.storage);
  auto& v6 = reinterpret_cast<sockaddr_in6&>(e.storage);
  if (::inet_pton(AF_INET, address.c_str(), &v4.sin_addr) == 1) {
    v4.sin_family = AF_INET;
    v4.sin_port = htons(port);
    e.size = sizeof v4;
  } else if (::inet_pton(AF_INET6, address.c_str(), &v6.sin6_addr) == 1) {
    v6.sin6_family = AF_INET6;
    v6.sin6_port = htons(port);
    e.size = sizeof v6;
  }
  return e;
}

StartError cannot_listen(const Config& config, std::uint16_t port, int error) {
  const std::string where = fmt::format("{} port {}", config.address, port);
  switch (error) {
    case EADDRINUSE:
      return {fmt::format("cannot listen on {}: the port is taken; stop the other program (ss -ltnp shows it), or set "
                          "server.listen to a free one",
                          where),
              true};
    case EACCES:
      return fmt::format(
          "cannot listen on {}: not permitted; ports below 1024 need CAP_NET_BIND_SERVICE; set "
          "server.listen to a higher one",
          where);
    case EADDRNOTAVAIL:
      // It may get it when its network is up.
      return {fmt::format("cannot listen on {}: this host does not have that address; set server.listen to one it has",
                          where),
              true};
    default:
      return fmt::format("cannot listen on {}: {}", where, std::strerror(error));
  }
}

Result<ListenSocket, int> open_socket(Endpoint& at, const Config& config, bool shared) {
  ListenSocket socket(::socket(at.storage.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  const int on = 1;
  // Accepted sockets inherit these.
  const int send_buffer = static_cast<int>(config.send_buffer_bytes / 2);  // the kernel doubles it
  if (socket.get() < 0 || ::setsockopt(socket.get(), SOL_SOCKET, SO_REUSEADDR, &on, sizeof on) != 0 ||
      (shared && ::setsockopt(socket.get(), SOL_SOCKET, SO_REUSEPORT, &on, sizeof on) != 0) ||
      ::setsockopt(socket.get(), SOL_SOCKET, SO_SNDBUF, &send_buffer, sizeof send_buffer) != 0 ||
      ::setsockopt(socket.get(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof on) != 0 ||
      ::bind(socket.get(), at.address(), at.size) != 0 || ::listen(socket.get(), kBacklog) != 0) {
    return fail(errno);
  }
  return socket;
}

std::uint16_t bound_port(int fd) {
  Endpoint e;
  e.size = sizeof e.storage;
  ::getsockname(fd, e.address(), &e.size);
  return e.port();
}

}  // namespace

ListenSocket::~ListenSocket() {
  if (fd_ >= 0) ::close(fd_);
}

Result<Listeners, StartError> listen(const Config& config, std::uint32_t count) {
  Listeners out{.sockets = {}, .port = config.port};
  Endpoint at = endpoint_of(config.address, config.port);
  if (at.size == 0) return tl::unexpected(fmt::format("server.listen '{}' is not an IP address", config.address));
  {
    // SO_REUSEPORT would share the port with another server of the same user without a word; a plain bind would not.
    auto probe = open_socket(at, config, false);
    if (!probe) return tl::unexpected(cannot_listen(config, config.port, probe.error()));
    out.port = bound_port(probe->get());
  }
  at = endpoint_of(config.address, out.port);
  for (std::uint32_t i = 0; i < count; ++i) {
    auto socket = open_socket(at, config, true);
    if (!socket) return tl::unexpected(cannot_listen(config, out.port, socket.error()));
    out.sockets.push_back(std::move(*socket));
  }
  return out;
}

}  // namespace starling::runtime
