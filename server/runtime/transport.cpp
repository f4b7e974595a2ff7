#include "server/runtime/transport.h"

#include <poll.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>

#include "server/runtime/tls.h"

namespace starling::runtime {
namespace {

IoResult outcome(ssize_t n) {
  if (n > 0) return {IoResult::Status::Ok, static_cast<std::size_t>(n)};
  if (n < 0 && (errno == EAGAIN || errno == EINTR)) return {IoResult::Status::Blocked, 0};
  return {n == 0 ? IoResult::Status::Ended : IoResult::Status::Broken, 0};
}

IoResult transmit_tls(TlsStream& tls, std::span<const iovec> in) {
  // One record for many frames: a record each would be a system call each.
  std::array<std::byte, 16 * 1024> record;
  std::size_t size = 0;
  for (const iovec& part : in) {
    const std::size_t fits = std::min(part.iov_len, record.size() - size);
    std::memcpy(record.data() + size, part.iov_base, fits);
    size += fits;
    if (size == record.size()) break;
  }
  return tls.write(std::span(record).first(size));
}

}  // namespace

bool peer_has_gone(int fd) {
  pollfd state{.fd = fd, .events = POLLRDHUP, .revents = 0};
  return ::poll(&state, 1, 0) != 0;
}

bool has_unread(int fd) {
  pollfd state{.fd = fd, .events = POLLIN, .revents = 0};
  return ::poll(&state, 1, 0) != 0;
}

IoResult receive(int fd, TlsStream* tls, std::span<std::byte> out) {
  if (tls != nullptr) return tls->read(out);
  return outcome(::recv(fd, out.data(), out.size(), 0));
}

IoResult transmit(int fd, TlsStream* tls, std::span<const iovec> in) {
  if (tls != nullptr) return transmit_tls(*tls, in);
  if (in.size() == 1) return outcome(::send(fd, in[0].iov_base, in[0].iov_len, MSG_NOSIGNAL));
  msghdr message{};
  message.msg_iov = const_cast<iovec*>(in.data());
  message.msg_iovlen = in.size();
  return outcome(::sendmsg(fd, &message, MSG_NOSIGNAL));
}

}  // namespace starling::runtime
