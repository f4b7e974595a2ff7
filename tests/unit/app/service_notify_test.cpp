#include "server/app/service_notify.h"

#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <array>
#include <cstddef>
#include <cstdlib>
#include <string>

namespace starling::app {
namespace {

TEST(ServiceNotify, SendsTheStateToTheSocketOfTheEnvironment) {
  const int fd = ::socket(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK, 0);
  const std::string name = "starling-test-" + std::to_string(::getpid());
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  name.copy(address.sun_path + 1, name.size());  // the abstract namespace
  ASSERT_EQ(::bind(fd, reinterpret_cast<const sockaddr*>(&address),
                   static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + 1 + name.size())),
            0);
  ::setenv("NOTIFY_SOCKET", ("@" + name).c_str(), 1);
  service_notify("READY=1\nSTATUS=serving");
  ::unsetenv("NOTIFY_SOCKET");
  std::array<char, 256> got{};
  const auto size = ::recv(fd, got.data(), got.size(), 0);
  ::close(fd);
  ASSERT_GT(size, 0);
  EXPECT_EQ(std::string(got.data(), static_cast<std::size_t>(size)), "READY=1\nSTATUS=serving");
}

}  // namespace
}  // namespace starling::app
