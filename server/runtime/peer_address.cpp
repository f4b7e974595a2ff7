#include "server/runtime/peer_address.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <array>

namespace starling::runtime {

std::string address_of_peer(int fd) {
  sockaddr_storage storage{};
  socklen_t size = sizeof storage;
  if (::getpeername(fd, reinterpret_cast<sockaddr*>(&storage), &size) != 0) return {};
  int family = storage.ss_family;
  const void* address = &reinterpret_cast<const sockaddr_in&>(storage).sin_addr;
  if (family == AF_INET6) {
    const in6_addr& v6 = reinterpret_cast<const sockaddr_in6&>(storage).sin6_addr;
    const bool mapped = IN6_IS_ADDR_V4MAPPED(&v6);
    family = mapped ? AF_INET : AF_INET6;
    address = mapped ? &v6.s6_addr[12] : &v6.s6_addr[0];
  }
  std::array<char, INET6_ADDRSTRLEN> text{};
  return ::inet_ntop(family, address, text.data(), text.size()) == nullptr ? std::string() : std::string(text.data());
}

}  // namespace starling::runtime
