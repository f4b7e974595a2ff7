#include "server/runtime/poller.h"

#include <unistd.h>

#include <cerrno>
#include <system_error>

#include "common/base/assert.h"

namespace starling::runtime {
namespace {

int make_epoll() {
  const int fd = ::epoll_create1(EPOLL_CLOEXEC);
  if (fd < 0) throw std::system_error(errno, std::system_category(), "epoll_create1");
  return fd;
}

epoll_event event_for(ConnId conn, bool readable, bool writable) {
  epoll_event event{};
  event.events = (readable ? std::uint32_t{EPOLLIN} | EPOLLRDHUP : 0u) | (writable ? std::uint32_t{EPOLLOUT} : 0u);
  event.data.u64 = std::uint64_t{conn.generation} << 32 | conn.index;
  return event;
}

}  // namespace

Poller::Poller() : epoll_(make_epoll()) {}
Poller::~Poller() { ::close(epoll_); }

bool Poller::add(int fd, ConnId conn) {
  epoll_event event = event_for(conn, true, false);
  return ::epoll_ctl(epoll_, EPOLL_CTL_ADD, fd, &event) == 0;
}

void Poller::watch(int fd, ConnId conn, bool readable, bool writable) {
  epoll_event event = event_for(conn, readable, writable);
  STARLING_ASSERT(::epoll_ctl(epoll_, EPOLL_CTL_MOD, fd, &event) == 0);
}

std::span<const epoll_event> Poller::wait() {
  const int count = ::epoll_wait(epoll_, events_.data(), static_cast<int>(events_.size()), 0);
  // Interrupted: level-triggered, so the next turn sees the same.
  return std::span(events_).first(count > 0 ? static_cast<std::size_t>(count) : 0);
}

}  // namespace starling::runtime
