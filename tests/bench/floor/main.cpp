// bench_floor: what fan-out costs when nothing but the sockets is paid for. One thread, one epoll loop; records of a
// fixed size come in and go out to every connection of their room as they are: no protocol, no order, no store.
// With --events-per-write 1 (floor A) each event is one send() a socket. With more (floor B) a room's events are
// written when there are so many, by one send() a socket of the same bytes; a fraction is met on average.
#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <array>
#include <cerrno>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>
#include <vector>

namespace {

struct Connection {
  std::string partial;  // of a record
  bool joined = false;
};

struct Room {
  std::vector<int> members;
  std::string pending;
  std::uint32_t events = 0;
  double owed = 0;  // events that the writes so far were short of the mean
};

class Floor {
 public:
  Floor(std::size_t record_bytes, double events_per_write)
      : record_bytes_(record_bytes), events_per_write_(events_per_write), epoll_(::epoll_create1(EPOLL_CLOEXEC)) {}

  /// Returns the port.
  std::uint16_t listen();
  void serve();

 private:
  void accept();
  void read(int fd);
  void record(int fd, const char* bytes);
  void broadcast(Room& room);
  void write(int fd, std::string_view bytes);
  void watch(int fd);

  std::size_t record_bytes_;
  double events_per_write_;
  int epoll_;
  int listener_ = -1;
  bool pending_ = false;
  std::vector<Connection> connections_;  // by descriptor
  std::vector<Room> rooms_;
  std::array<char, 128 * 1024> buffer_{};
};

[[noreturn]] void die(const char* what) {
  std::fprintf(stderr, "bench_floor: %s: %s\n", what, std::strerror(errno));
  std::exit(3);
}

std::uint16_t Floor::listen() {
  listener_ = ::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof(address);
  if (::bind(listener_, reinterpret_cast<sockaddr*>(&address), size) != 0 || ::listen(listener_, 4096) != 0 ||
      ::getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size) != 0) {
    die("listen");
  }
  watch(listener_);
  return ntohs(address.sin_port);
}

void Floor::watch(int fd) {
  epoll_event event{};
  event.events = EPOLLIN;
  event.data.fd = fd;
  if (::epoll_ctl(epoll_, EPOLL_CTL_ADD, fd, &event) != 0) die("epoll_ctl");
}

void Floor::serve() {
  std::array<epoll_event, 1024> events{};
  for (;;) {
    // What is left when nothing more comes goes out after a while, so that a run ends with everything delivered.
    const int count = ::epoll_wait(epoll_, events.data(), events.size(), pending_ ? 100 : -1);
    if (count < 0 && errno != EINTR) die("epoll_wait");
    for (int i = 0; i < count; ++i) {
      const int fd = events[static_cast<std::size_t>(i)].data.fd;
      fd == listener_ ? accept() : read(fd);
    }
    if (count == 0) {
      for (Room& room : rooms_) broadcast(room);
      pending_ = false;
    }
  }
}

void Floor::accept() {
  const int fd = ::accept4(listener_, nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC);
  if (fd < 0) return;
  const int on = 1;
  ::setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
  if (connections_.size() <= static_cast<std::size_t>(fd)) connections_.resize(static_cast<std::size_t>(fd) + 1);
  connections_[static_cast<std::size_t>(fd)] = {};
  watch(fd);
}

void Floor::read(int fd) {
  const ssize_t count = ::recv(fd, buffer_.data(), buffer_.size(), 0);
  if (count < 0 && errno == EAGAIN) return;
  if (count <= 0) {
    // The load has ended, and with it this floor.
    std::exit(0);
  }
  std::string& partial = connections_[static_cast<std::size_t>(fd)].partial;
  if (partial.empty() && static_cast<std::size_t>(count) == record_bytes_) return record(fd, buffer_.data());
  partial.append(buffer_.data(), static_cast<std::size_t>(count));
  std::size_t done = 0;
  for (; partial.size() - done >= record_bytes_; done += record_bytes_) record(fd, partial.data() + done);
  partial.erase(0, done);
}

void Floor::record(int fd, const char* bytes) {
  std::uint32_t number = 0;
  std::memcpy(&number, bytes, sizeof(number));
  if (rooms_.size() <= number) rooms_.resize(number + 1);
  Room& room = rooms_[number];
  Connection& connection = connections_[static_cast<std::size_t>(fd)];
  if (!connection.joined) {
    connection.joined = true;
    room.members.push_back(fd);
    return write(fd, {bytes, record_bytes_});
  }
  room.pending.append(bytes, record_bytes_);
  ++room.events;
  if (room.events + room.owed >= events_per_write_) {
    room.owed += room.events - events_per_write_;
    broadcast(room);
  } else {
    pending_ = true;
  }
}

void Floor::broadcast(Room& room) {
  if (room.events == 0) return;
  for (const int fd : room.members) write(fd, room.pending);
  room.pending.clear();
  room.events = 0;
}

void Floor::write(int fd, std::string_view bytes) {
  const ssize_t sent = ::send(fd, bytes.data(), bytes.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
  // A floor holds nothing back for a reader that is slow: the load was too high for it.
  if (sent != static_cast<ssize_t>(bytes.size())) die("a socket did not take what was sent");
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App cli("What fan-out costs when nothing but the sockets is paid for");
  double events_per_write = 1;
  std::size_t body_bytes = 128;
  cli.add_option("--events-per-write", events_per_write, "1: floor A; more: floor B")->check(CLI::Range(1.0, 10000.0));
  cli.add_option("--body", body_bytes, "Bytes of a message");
  CLI11_PARSE(cli, argc, argv);
  static Floor floor(sizeof(std::uint32_t) + body_bytes, events_per_write);
  std::printf("%u\n", floor.listen());
  std::fflush(stdout);
  floor.serve();
}
