#include "loadsim/load/server_process.h"

#include <arpa/inet.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <fstream>
#include <string_view>
#include <utility>

#include "loadsim/load/program.h"

namespace starling::load {

ServerProcess::ServerProcess(std::filesystem::path program, std::string config, std::filesystem::path scratch)
    : program_(std::move(program)), config_(std::move(config)), scratch_(std::move(scratch)) {}

ServerProcess::~ServerProcess() {
  if (!running()) return;
  resume();
  terminate();
  for (int i = 0; i < 100 && running(); ++i) ::usleep(50'000);
  kill();
}

bool ServerProcess::start() {
  if (running()) return true;
  std::error_code ignored;
  std::filesystem::remove(scratch_ / "port", ignored);
  const std::vector<std::string> command{program_, "--config", config_, "--port-file", scratch_ / "port"};
  pid_ = start_program(command, {.file = log(), .append = true}, SIGKILL);
  paused_ = false;
  return pid_ > 0;
}

std::optional<std::uint16_t> ServerProcess::ready() {
  if (!running() || paused_) return std::nullopt;
  std::uint16_t port = 0;
  std::ifstream(scratch_ / "port") >> port;
  if (port == 0 || http_status(port, "/readyz") != 200) return std::nullopt;
  return port;
}

bool ServerProcess::running() {
  if (pid_ <= 0) return false;
  if (::waitpid(pid_, &status_, WNOHANG) != pid_) return true;
  pid_ = -1;
  return false;
}

void ServerProcess::kill() {
  if (pid_ <= 0) return;
  ::kill(pid_, SIGKILL);
  ::waitpid(pid_, &status_, 0);
  pid_ = -1;
}

void ServerProcess::pause() {
  if (pid_ <= 0) return;
  ::kill(pid_, SIGSTOP);
  paused_ = true;
}

void ServerProcess::resume() {
  if (pid_ > 0 && std::exchange(paused_, false)) ::kill(pid_, SIGCONT);
}

void ServerProcess::terminate() {
  if (pid_ > 0) ::kill(pid_, SIGTERM);
}

int http_status(std::uint16_t port, const std::string& path) {
  const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (fd < 0) return 0;
  const timeval patience{.tv_sec = 0, .tv_usec = 200'000};
  ::setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
  ::setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  int status = 0;
  if (::connect(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0) {
    const std::string request = "GET " + path + " HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n";
    std::array<char, 64> answer{};
    if (::send(fd, request.data(), request.size(), MSG_NOSIGNAL) == static_cast<ssize_t>(request.size())) {
      const ssize_t size = ::recv(fd, answer.data(), answer.size() - 1, 0);
      const std::string_view line(answer.data(), static_cast<std::size_t>(std::max<ssize_t>(size, 0)));
      if (line.starts_with("HTTP/1.1 ")) status = std::atoi(answer.data() + std::string_view("HTTP/1.1 ").size());
    }
  }
  ::close(fd);
  return status;
}

}  // namespace starling::load
