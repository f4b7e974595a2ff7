#include "loadsim/load/channel.h"

#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>

namespace starling::load {
namespace {

/// A Tick with every bucket of every metric in use is 90 KiB.
constexpr std::size_t kMessageBytesMax = std::size_t{256} * 1024;

}  // namespace

void MessageWriter::put_values(const report::Histogram& histogram) {
  std::uint32_t used = 0;
  for (std::size_t i = 0; i < report::Histogram::kBuckets; ++i) used += histogram.in_bucket(i) != 0 ? 1 : 0;
  put(used);
  for (std::size_t i = 0; i < report::Histogram::kBuckets; ++i) {
    if (histogram.in_bucket(i) == 0) continue;
    put(static_cast<std::uint16_t>(i));
    put(histogram.in_bucket(i));
  }
}

void MessageReader::take_values(report::Histogram& histogram) {
  for (auto used = take<std::uint32_t>(); used > 0; --used) {
    const auto bucket = take<std::uint16_t>();
    const auto count = take<std::uint64_t>();
    if (bucket < report::Histogram::kBuckets) histogram.add(bucket, count);
  }
}

std::optional<std::pair<Channel, Channel>> Channel::pair() {
  int fds[2];
  if (::socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, fds) != 0) return std::nullopt;
  const int bytes = static_cast<int>(kMessageBytesMax);
  for (const int fd : fds) ::setsockopt(fd, SOL_SOCKET, SO_SNDBUF, &bytes, sizeof bytes);
  return std::pair(Channel(fds[0]), Channel(fds[1]));
}

Channel::~Channel() {
  if (fd_ >= 0) ::close(fd_);
}

bool Channel::send(std::span<const std::byte> message) const {
  for (;;) {
    const ssize_t sent = ::send(fd_, message.data(), message.size(), MSG_NOSIGNAL);
    if (sent >= 0) return true;
    if (errno != EINTR) return false;
  }
}

std::optional<std::span<const std::byte>> Channel::receive(std::vector<std::byte>& buffer) const {
  buffer.resize(kMessageBytesMax);
  const ssize_t size = ::recv(fd_, buffer.data(), buffer.size(), MSG_DONTWAIT);
  if (size > 0) return std::span<const std::byte>(buffer).first(static_cast<std::size_t>(size));
  if (size < 0 && (errno == EAGAIN || errno == EINTR)) return std::span<const std::byte>();
  return std::nullopt;
}

}  // namespace starling::load
