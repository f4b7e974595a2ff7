// A store whose conninfo names several hosts, of which the first is none that could be used.
#include <arpa/inet.h>
#include <fmt/format.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <thread>
#include <vector>

#include "tests/integration/postgres/asked_store.h"
#include "tests/support/postgres/cluster.h"
#include "tests/support/postgres/database.h"

namespace starling::integration {
namespace {

using namespace std::chrono_literals;

/// Another host in front of the one of a cluster.
std::string in_front(const std::string& host, std::uint16_t port, const std::string& conninfo) {
  return fmt::format("host={},{} port={},5432", host, conninfo.substr(std::string("host=").size()), port);
}

/// A port that refuses every connection, until it is told to do worse.
class Port {
 public:
  Port() : listening_(::socket(AF_INET, SOCK_STREAM, 0)) {
    at_.sin_family = AF_INET;
    at_.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof at_;
    if (::bind(listening_, address(), size) != 0 || ::getsockname(listening_, address(), &size) != 0) {
      throw std::runtime_error("bind");
    }
  }
  ~Port() {
    for (const int fd : callers_) ::close(fd);
    for (const int fd : accepted_) ::close(fd);
    ::close(listening_);
  }
  Port(const Port&) = delete;
  Port& operator=(const Port&) = delete;

  /// Connections are made, and nothing is ever said over them: as of a server that is stopped.
  void be_silent() const { listen(SOMAXCONN); }
  /// Who connects hears nothing at all, as of a machine without power: the queue of those who wait is full.
  void drop() {
    listen(0);
    for (int& caller : callers_) {
      caller = ::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
      ::connect(caller, address(), sizeof at_);
    }
  }

  /// How many have connected so far, of whom none is answered.
  std::size_t connected() {
    for (int fd = 0; fd >= 0;) {
      pollfd next{.fd = listening_, .events = POLLIN, .revents = 0};
      fd = ::poll(&next, 1, 0) > 0 ? ::accept(listening_, nullptr, nullptr) : -1;
      if (fd >= 0) accepted_.push_back(fd);
    }
    return accepted_.size();
  }

  /// It, behind that server.
  std::string behind(const support::Cluster& server) const {
    return fmt::format("{} host={},127.0.0.1 port=5432,{}", server.conninfo(), server.folder(), ntohs(at_.sin_port));
  }
  /// It, before the host of a conninfo.
  std::string before(const std::string& conninfo) const { return in_front("127.0.0.1", ntohs(at_.sin_port), conninfo); }

 private:
  sockaddr* address() { return reinterpret_cast<sockaddr*>(&at_); }
  void listen(int backlog) const {
    if (::listen(listening_, backlog) != 0) throw std::runtime_error("listen");
  }

  int listening_;
  sockaddr_in at_{};
  std::array<int, 4> callers_{-1, -1, -1, -1};
  std::vector<int> accepted_;
};

postgres::StoreConfig config_of(const std::string& conninfo) {
  return {.conninfo = conninfo, .connections = 2, .readers = 1, .durability = postgres::Durability::Local};
}

TEST(PostgresHosts, OneThatDropsEverythingHoldsNoOtherConnectionUpAndIsPassedOver) {
  support::Database database;
  Port lost;
  AskedStore store(config_of(lost.before(database.conninfo())));
  lost.drop();
  // Two of its five connections, of which four are one thread's.
  EXPECT_EQ(database.sql().run("SELECT count(pg_terminate_backend(pid)) FROM (SELECT pid FROM pg_stat_activity WHERE "
                               "datname = current_database() AND application_name = 'starlingd' LIMIT 2) AS two"),
            "2");
  EXPECT_TRUE(comes_true([&] { return !store.store().healthy(); }));
  std::uint64_t room = 0;
  bool answered = true;
  EXPECT_TRUE(comes_true([&] {
    auto answer = store.start(ports::LoadRoom{.room = RoomId(++room)});
    answered = answer.wait_for(4s) == std::future_status::ready;
    return !answered || store.store().healthy();
  })) << store.store().why();
  EXPECT_TRUE(answered) << "room " << room;
}

/// A store that could be opened, and what it answers.
ports::StoreStatus asked_of(const std::string& conninfo) {
  AskedStore store(config_of(conninfo));
  return store.run(ports::LoadRoom{.room = RoomId(1)}).status;
}

TEST(PostgresHosts, OneThatIsSilentIsPassedOver) {
  support::Database database;
  Port stopped;
  stopped.be_silent();
  EXPECT_EQ(asked_of(stopped.before(database.conninfo())), ports::StoreStatus::Ok);
}

TEST(PostgresHosts, OneConnectionLooksForAPrimaryThatIsGoneAndTheOthersFollow) {
  support::Cluster primary;
  Port silent;
  silent.be_silent();
  AskedStore store(config_of(silent.behind(primary)));
  primary.crash();
  EXPECT_TRUE(comes_true([&] { return silent.connected() > 0; }));
  std::this_thread::sleep_for(500ms);  // in which all five would have come
  EXPECT_EQ(silent.connected(), 1u);
  primary.resume();
  EXPECT_TRUE(comes_true([&] { return store.store().healthy(); })) << store.store().why();
}

TEST(PostgresHosts, OneConnectionThatIsNotLetInDoesNotKeepTheOthersWaiting) {
  support::Database database;
  AskedStore store(config_of(database.conninfo()));
  // All but one wait in vain for the row that each writes first. Which of them looks is drawn, so several times.
  support::Sql rival(database.conninfo());
  rival.run("BEGIN; SELECT 1 FROM beacons WHERE store <> (SELECT max(store) FROM beacons) FOR UPDATE");
  for (int time = 0; time < 3; ++time) {
    const std::uint64_t connects = store.store().stats().connects;
    database.sql().run(
        "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE datname = current_database() "
        "AND application_name = 'starlingd'");
    EXPECT_TRUE(comes_true([&] { return store.store().stats().connects > connects; })) << store.store().why();
  }
}

TEST(PostgresHosts, OneThatRefusesUsIsPassedOver) {
  support::Database database;
  const support::Cluster full({"max_connections=1", "superuser_reserved_connections=0", "max_wal_senders=0"});
  const support::Sql last(full.conninfo());
  EXPECT_EQ(asked_of(in_front(full.folder(), 5432, database.conninfo())), ports::StoreStatus::Ok);
}

}  // namespace
}  // namespace starling::integration
