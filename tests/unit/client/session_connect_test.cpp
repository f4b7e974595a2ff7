#include "tests/unit/client/scripted_server.h"

namespace starling::client {
namespace {

using namespace testing;

TEST(Connect, TheFirstFrameIsHelloWithTheToken) {
  ScriptedServer server;
  server.start();
  EXPECT_EQ(server.take().links, std::vector{Output::Link::Connect});
  server.connect("token");
  const auto hellos = server.take().all<wire::Hello>();
  ASSERT_EQ(hellos.size(), 1u);
  EXPECT_EQ(hellos[0].token, "token");
  EXPECT_EQ(hellos[0].version, wire::kProtocolVersion);
  server.welcome();
  const Seen seen = server.take();
  ASSERT_EQ(seen.welcomes.size(), 1u);
  EXPECT_FALSE(seen.welcomes[0].by_ticket);
  EXPECT_EQ(server.session().state(), LinkState::Ready);
  EXPECT_EQ(server.session().device(), kDevice);
}

TEST(Connect, ATicketIsPreferredAndARefusedOneIsReplacedByTheTokenAtOnce) {
  ScriptedServer server;
  server.start();
  server.connect("token", "ticket");
  EXPECT_EQ(server.take().all<wire::Hello>()[0].token, "ticket");
  server.disconnect(wire::close_code::kTokenExpired);
  server.pass(Duration::zero());
  EXPECT_EQ(server.take().links, std::vector{Output::Link::Connect});
  server.connect("token", "ticket");
  EXPECT_EQ(server.take().all<wire::Hello>()[0].token, "token");
}

TEST(Connect, WelcomeByTicketSaysSo) {
  ScriptedServer server;
  server.start();
  server.connect("token", "ticket");
  server.welcome();
  EXPECT_TRUE(server.take().welcomes[0].by_ticket);
}

TEST(Connect, AFencedDeviceStops) {
  ScriptedServer server;
  server.bring_online();
  server.disconnect(wire::close_code::kFenced);
  EXPECT_EQ(server.take().fatals, std::vector{FatalReason::Fenced});
  server.pass(24h);
  EXPECT_TRUE(server.take().links.empty());
}

TEST(Connect, ARefusedTokenStopsAndStartBeginsAnew) {
  ScriptedServer server;
  server.start();
  server.connect();
  server.disconnect(wire::close_code::kUnauthorized);
  EXPECT_EQ(server.take().fatals, std::vector{FatalReason::Unauthorized});
  server.start();
  EXPECT_EQ(server.take().links, std::vector{Output::Link::Connect});
}

TEST(Connect, AServerThatNeverAnswersIsGivenUpAndTriedAgain) {
  ScriptedServer server;
  server.start();
  server.take();
  server.connect();
  server.pass(limits::kHandshakeMax);
  EXPECT_EQ(server.take().links.front(), Output::Link::Disconnect);
  server.pass(1s);
  EXPECT_EQ(server.session().state(), LinkState::Connecting);
}

TEST(Connect, AnAttemptThatNeverEndsIsGivenUp) {
  ScriptedServer server;
  server.start();
  server.pass(limits::kHandshakeMax);
  EXPECT_EQ(server.take().links, (std::vector{Output::Link::Connect, Output::Link::Disconnect}));
}

TEST(Connect, AServersSlotIsKept) {
  ScriptedServer server;
  server.bring_online();
  server.receive(wire::Reconnect{.after_ms = 3200, .reason = "drain"});
  server.disconnect(wire::close_code::kDraining);
  EXPECT_EQ(server.take().states.back().next_attempt, server.now() + 3200ms);
  server.pass(3199ms);
  EXPECT_TRUE(server.take().links.empty());
  server.pass(1ms);
  EXPECT_EQ(server.take().links, std::vector{Output::Link::Connect});
}

TEST(Connect, AServersNodeIsAskedForOnce) {
  ScriptedServer server;
  server.bring_online();
  server.receive(wire::Reconnect{.after_ms = 100, .node = 7});
  server.disconnect(wire::close_code::kDraining);
  EXPECT_TRUE(server.take().nodes.empty());
  server.pass(100ms);
  EXPECT_EQ(server.take().nodes, std::vector<std::uint32_t>{7});
  server.disconnect(wire::close_code::kNone);  // it is gone, too
  server.pass(1min);
  EXPECT_EQ(server.take().nodes.front(), 0u);
}

TEST(Connect, FramesBeforeTheWelcomeMeanNothing) {
  ScriptedServer server;
  server.start();
  server.connect();
  server.list({kRoom});
  server.deliver(kRoom, 1, 1);
  EXPECT_TRUE(server.take().applied.empty());
  EXPECT_EQ(server.session().rooms().size(), 0u);
}

TEST(Connect, ATokenOfAnotherDeviceStopsBeforeAnythingIsSent) {
  ScriptedServer server;
  server.session().restore_device(DeviceId(99), 0);
  server.session().restore_room({.room = kRoom});
  server.session().restore_outbox({.room = kRoom, .cseq = Cseq(1), .client_msg_id = ClientMsgId(1)});
  server.start();
  server.connect();
  server.take();
  server.welcome();
  const Seen seen = server.take();
  EXPECT_EQ(seen.fatals, std::vector{FatalReason::DeviceChanged});
  EXPECT_TRUE(seen.frames.empty());
  EXPECT_EQ(server.session().outbox().size(), 1u);
}

TEST(DeadPeer, SilenceWhileAnAnswerIsAwaitedEndsTheConnection) {
  ScriptedServer server;
  server.bring_online();
  server.send(kRoom, "hello?");
  server.pass(limits::kSilenceMax - 1ns);
  EXPECT_TRUE(server.take().links.empty());
  server.pass(1ns);
  EXPECT_EQ(server.take().links.front(), Output::Link::Disconnect);
}

TEST(DeadPeer, TheSilenceBeforeAQuestionDoesNotCount) {
  ScriptedServer server;
  server.bring_online();
  server.pass(24h);
  server.send(kRoom, "hello?");
  server.pass(limits::kSilenceMax - 1ns);
  EXPECT_TRUE(server.take().links.empty()) << "an answer takes a while, however long nobody asked before";
  server.pass(1ns);
  EXPECT_EQ(server.take().links.front(), Output::Link::Disconnect)
      << "asked again meanwhile, it still waits for the first";
}

TEST(DeadPeer, AskingForSomethingElseDoesNotPutItsEndOff) {
  ScriptedServer server;
  server.bring_online();
  server.pass(24h);
  const Instant began = server.now();
  std::vector<Output::Link> links;
  while (links.empty() && server.now() - began < 1min) {
    const auto asked = server.command([](Session& session, Instant now, Output& out) {
      return session.read_history(kRoom, Seq(1), false, 10, now, out);
    });
    EXPECT_TRUE(asked.has_value());
    server.pass(11s);  // a page is given up after ten
    links = server.take().links;
  }
  ASSERT_FALSE(links.empty());
  EXPECT_EQ(links.front(), Output::Link::Disconnect);
  EXPECT_EQ(server.now() - began, 33s);
}

TEST(DeadPeer, AnIdleConnectionMayBeSilent) {
  ScriptedServer server;
  server.bring_online();
  server.pass(24h);
  EXPECT_TRUE(server.take().links.empty());
}

TEST(Idle, NothingToWaitForMeansNoDeadline) {
  ScriptedServer server;
  server.bring_online();
  server.pass(1min);
  EXPECT_EQ(server.session().next_deadline(), kNever);
}

TEST(Stop, EndsTheConnectionAndKeepsTheOutbox) {
  ScriptedServer server;
  server.bring_online();
  server.send(kRoom, "unsent");
  server.command([](Session& session, Instant, Output& out) {
    session.stop(out);
    return 0;
  });
  EXPECT_EQ(server.take().close_codes, std::vector{wire::close_code::kNormal});
  EXPECT_EQ(server.session().outbox().size(), 1u);
  EXPECT_EQ(server.session().next_deadline(), kNever);
}

}  // namespace
}  // namespace starling::client
