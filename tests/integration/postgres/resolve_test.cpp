// A store whose database has a name, and a name server that says nothing.
#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <fstream>

#include "tests/integration/cluster/own_world.h"
#include "tests/integration/postgres/asked_store.h"
#include "tests/support/postgres/cluster.h"
#include "tests/support/postgres/database.h"

namespace starling::integration {
namespace {

using namespace std::chrono_literals;

constexpr const char* kLocalhost = "127.0.0.1 localhost\n";
constexpr const char* kWithName = "127.0.0.1 localhost\n127.0.0.1 pg.test\n";

/// Takes every question, and answers none: a resolver waits for five seconds, twice.
class SilentNameServer {
 public:
  SilentNameServer() : socket_(::socket(AF_INET, SOCK_DGRAM, 0)) {
    const sockaddr_in at{
        .sin_family = AF_INET, .sin_port = htons(53), .sin_addr = {htonl(INADDR_LOOPBACK)}, .sin_zero = {}};
    if (::bind(socket_, reinterpret_cast<const sockaddr*>(&at), sizeof at) != 0) throw std::runtime_error("bind");
  }
  ~SilentNameServer() { ::close(socket_); }
  SilentNameServer(const SilentNameServer&) = delete;
  SilentNameServer& operator=(const SilentNameServer&) = delete;

 private:
  int socket_;
};

TEST(PostgresResolve, ANameServerThatIsSilentHoldsNoOtherConnectionUp) {
  if (!test::OwnWorld::can_be()) GTEST_SKIP() << "needs root, ip and nft";
  test::OwnWorld world;
  const SilentNameServer names;
  world.replace("/etc/hosts", kWithName);
  world.replace("/etc/resolv.conf", "nameserver 127.0.0.1\n");
  support::Cluster cluster({"listen_addresses=127.0.0.1", "port=5432"});
  support::Sql sql(cluster.conninfo());
  std::ofstream(cluster.folder() + "/data/pg_hba.conf", std::ios::app) << "host all all 127.0.0.1/32 trust\n";
  sql.run("SELECT pg_reload_conf()");
  AskedStore store({.conninfo = "host=pg.test user=starling dbname=postgres",
                    .connections = 2,
                    .readers = 1,
                    .durability = postgres::Durability::Local});
  world.replace("/etc/hosts", kLocalhost);
  // Two of its five connections, of which four are one thread's.
  EXPECT_EQ(sql.run("SELECT count(pg_terminate_backend(pid)) FROM (SELECT pid FROM pg_stat_activity WHERE "
                    "application_name = 'starlingd' LIMIT 2) AS two"),
            "2");
  EXPECT_TRUE(comes_true([&] { return !store.store().healthy(); }));
  std::uint64_t room = 0;
  for (const auto end = std::chrono::steady_clock::now() + 8s; std::chrono::steady_clock::now() < end;) {
    auto answer = store.start(ports::LoadRoom{.room = RoomId(++room)});
    ASSERT_EQ(answer.wait_for(2s), std::future_status::ready) << "room " << room;
    std::this_thread::sleep_for(50ms);
  }
  EXPECT_TRUE(comes_true([&] {
    return store.store().why().find("the host of PostgreSQL is not found") != std::string::npos;
  })) << store.store().why();
  world.replace("/etc/hosts", kWithName);
  EXPECT_TRUE(comes_true([&] { return store.store().healthy(); }, 40s)) << store.store().why();
}

}  // namespace
}  // namespace starling::integration
