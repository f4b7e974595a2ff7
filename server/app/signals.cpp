#include "server/app/signals.h"

#include <poll.h>
#include <signal.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>

namespace starling::app {

StopSignals::StopSignals() {
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, SIGTERM);
  sigaddset(&set, SIGINT);
  ::pthread_sigmask(SIG_BLOCK, &set, nullptr);
  fd_ = ::signalfd(-1, &set, SFD_CLOEXEC);
  if (fd_ < 0) throw std::system_error(errno, std::system_category(), "signalfd");
}

StopSignals::~StopSignals() { ::close(fd_); }

bool StopSignals::wait(Duration wait) {
  pollfd waiting{.fd = fd_, .events = POLLIN, .revents = 0};
  const auto ms = std::chrono::duration_cast<std::chrono::milliseconds>(wait).count();
  if (::poll(&waiting, 1, static_cast<int>(ms)) <= 0) return false;
  signalfd_siginfo info;
  return ::read(fd_, &info, sizeof info) == sizeof info;
}

}  // namespace starling::app
