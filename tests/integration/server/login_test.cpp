// Who may come in, and who must leave for it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <csignal>
#include <memory>

#include "tests/integration/server/peer.h"
#include "tests/integration/server/server_process.h"

namespace starling::test {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;

class Login : public testing::Test {
 protected:
  Closed refused(wire::ClientFrame first) const {
    Peer peer(server_.port());
    peer.send(first);
    return peer.expect_close();
  }
  std::string token(std::uint64_t user, std::uint64_t device, Duration valid = 1h) const {
    return server_.token(UserId(user), DeviceId(device), valid);
  }

  TempDir dir_;
  ServerProcess server_{dir_};
};

TEST_F(Login, AGoodTokenIsWelcomedAndItsTicketToo) {
  Peer peer(server_.port());
  const wire::Welcome first = peer.login(token(7, 70));
  EXPECT_EQ(first.user, UserId(7));
  EXPECT_EQ(first.device, DeviceId(70));
  EXPECT_GT(first.ticket_expires, first.now);

  Peer again(server_.port());
  const wire::Welcome second = again.login(first.ticket);
  EXPECT_EQ(second.user, UserId(7));
  EXPECT_EQ(second.boot, first.boot);
}

TEST_F(Login, BadCredentialsAreRefusedByCode) {
  EXPECT_EQ(refused(wire::Hello{.token = "rubbish"}).code, 4001);
  EXPECT_EQ(refused(wire::Hello{}).code, 4001);
  std::string altered = token(7, 70);
  altered.back() = altered.back() == 'A' ? 'B' : 'A';
  EXPECT_EQ(refused(wire::Hello{.token = altered}).code, 4001);
  EXPECT_EQ(refused(wire::Hello{.token = token(7, 70, -10min)}).code, 4002);
  EXPECT_EQ(refused(wire::Hello{.version = 99, .token = token(7, 70)}).code, 4011);
}

TEST_F(Login, AnythingBeforeHelloIsRefused) {
  const Closed closed = refused(wire::Typing{RoomId(1)});
  EXPECT_EQ(closed.code, 1008);
  EXPECT_THAT(closed.reason, HasSubstr("Hello"));
}

TEST_F(Login, ANewerLoginOfADeviceFencesTheOlder) {
  Peer older(server_.port());
  older.login(token(7, 70));
  Peer newer(server_.port());
  newer.login(token(7, 70));
  EXPECT_EQ(older.expect_close().code, 4003);
  newer.create_room(1);  // and is served
}

TEST_F(Login, AnAttemptThatWasGivenUpFencesNobody) {
  auto given_up = std::make_unique<Peer>(server_.port());
  Peer device(server_.port());
  device.login(token(7, 70));
  server_.process().signal(SIGSTOP);
  given_up->send(wire::Hello{.token = token(7, 70)});
  given_up.reset();
  server_.process().signal(SIGCONT);
  Peer other(server_.port());  // by when it is welcome the server has seen the Hello
  other.login(token(8, 80));
  device.create_room(1);
}

TEST_F(Login, TwoDevicesOfAUserSeeTheSameRoom) {
  Peer laptop(server_.port());
  laptop.login(token(7, 70));
  Peer phone(server_.port());
  phone.login(token(7, 71));
  const RoomId room = laptop.create_room(1);
  const wire::SyncedRoom synced = laptop.sync(room);
  phone.sync(room);
  EXPECT_EQ(laptop.say(room, synced.epoch, Cseq(1), "to my phone").status, wire::SendStatus::Accepted);
  while (phone.expect<wire::Event>().body != "to my phone") {
  }
}

TEST_F(Login, AMessageReachesTheOtherMember) {
  Peer alice(server_.port());
  alice.login(token(1, 10));
  Peer bob(server_.port());
  bob.login(token(2, 20));
  const RoomId room = alice.create_room(1, {UserId(2)});
  EXPECT_EQ(bob.expect<wire::RoomChanged>().info.room, room);
  bob.sync(room);
  const wire::SyncedRoom synced = alice.sync(room);
  const wire::SendResult sent = alice.say(room, synced.epoch, Cseq(1), "hello bob");
  EXPECT_EQ(sent.status, wire::SendStatus::Accepted);
  while (true) {
    const auto event = bob.expect<wire::Event>();
    if (event.kind != wire::EventKind::Message) continue;
    EXPECT_EQ(event.body, "hello bob");
    EXPECT_EQ(event.seq, sent.seq);
    EXPECT_EQ(event.sender, UserId(1));
    break;
  }
}

}  // namespace
}  // namespace starling::test
