// What lies between the processes and around the run: endpoints, messages, refused faults.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "loadsim/load/channel.h"
#include "loadsim/load/coordinator.h"
#include "loadsim/load/endpoint.h"
#include "loadsim/load/real_faults.h"

namespace starling::load {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

TEST(Endpoint, AUrlIsReadAndWrittenBack) {
  const auto endpoint = parse_endpoint("ws://127.0.0.1:8008/v1/ws");
  ASSERT_TRUE(endpoint);
  EXPECT_TRUE(endpoint->loopback());
  EXPECT_EQ("/v1/ws", endpoint->target);
  EXPECT_EQ("ws://127.0.0.1:8008/v1/ws", url_of(*endpoint));
  Endpoint moved = *endpoint;
  moved.set_port(9);
  EXPECT_EQ("ws://127.0.0.1:9/v1/ws", url_of(moved));
}

TEST(Endpoint, OtherUrlsAreRefused) {
  for (const char* url : {"http://127.0.0.1:1/", "ws://127.0.0.1/v1/ws", "ws://localhost:80/", "ws://127.0.0.1:99999/",
                          "ws://127.0.0.1:80x/", "ws://", ""}) {
    EXPECT_FALSE(parse_endpoint(url)) << url;
  }
}

TEST(Channel, MessagesArriveWholeAndInOrder) {
  auto ends = Channel::pair();
  ASSERT_TRUE(ends);
  report::Histogram sent;
  for (std::uint64_t us = 1; us < 5'000'000; us = us * 3 / 2 + 1) sent.record(us);
  MessageWriter first(ReportKind::Tick);
  first.put(std::uint64_t{42});
  first.put_values(sent);
  MessageWriter second(ReportKind::Trouble);
  second.put_text("no");
  ASSERT_TRUE(ends->first.send(first.bytes()));
  ASSERT_TRUE(ends->first.send(second.bytes()));

  std::vector<std::byte> buffer;
  auto message = ends->second.receive(buffer);
  ASSERT_TRUE(message);
  MessageReader reader(*message);
  EXPECT_EQ(ReportKind::Tick, reader.take<ReportKind>());
  EXPECT_EQ(42u, reader.take<std::uint64_t>());
  report::Histogram received;
  reader.take_values(received);
  EXPECT_EQ(sent.count(), received.count());
  for (const std::uint32_t q : {1u, 5000u, 9000u}) EXPECT_EQ(sent.quantile(q), received.quantile(q));
  message = ends->second.receive(buffer);
  ASSERT_TRUE(message);
  MessageReader text(*message);
  EXPECT_EQ(ReportKind::Trouble, text.take<ReportKind>());
  EXPECT_EQ("no", text.text());
}

TEST(Channel, AnOtherEndThatIsGoneIsNoticed) {
  auto ends = Channel::pair();
  ASSERT_TRUE(ends);
  std::vector<std::byte> buffer;
  EXPECT_TRUE(ends->second.receive(buffer)->empty());
  {
    const Channel gone = std::move(ends->first);
  }
  EXPECT_FALSE(ends->second.receive(buffer));
  EXPECT_FALSE(ends->second.send(Command{}));
}

TEST(RealFaults, WhatTheWorldCannotDoIsRefusedBeforeTheRun) {
  const auto faults = *users::parse_faults("@1s kill n1 ; store.stop ; client.crash 10% ; heal\n@2s restart n2");
  EXPECT_THAT(impossible(faults, {.nodes = 1}),
              ElementsAre(HasSubstr("--spawn"), HasSubstr("only the simulator"), HasSubstr("--spawn")));
  EXPECT_THAT(impossible(faults, {.nodes = 1, .spawned = true}),
              ElementsAre(HasSubstr("only the simulator"), HasSubstr("one node")));
  EXPECT_THAT(impossible(faults, {.nodes = 2, .spawned = true}), ElementsAre(HasSubstr("only the simulator")));
}

TEST(RealFaults, WhatOnlyAnInjectorCanDoNeedsOne) {
  const auto faults = *users::parse_faults("@1s kill n2 ; bus.cut n1>n3 1s ; pg.restart ; pg.failover async");
  EXPECT_THAT(impossible(faults, {.nodes = 3, .spawned = true}),
              ElementsAre(HasSubstr("--injector"), HasSubstr("--injector"), HasSubstr("--injector")));
  EXPECT_THAT(impossible(faults, {.nodes = 2, .injector = true}), ElementsAre(HasSubstr("n1 to n2")));
  EXPECT_THAT(impossible(faults, {.nodes = 3, .injector = true}), ElementsAre());
}

TEST(Workers, AreAsManyAsTheUsersNeed) {
  RunOptions options;
  options.scenario.users = 19'000;
  EXPECT_EQ(3u, workers_for(options));
  options.workers = 2;
  EXPECT_EQ(3u, workers_for(options)) << "more than 9,000 connections do not fit a process";
  options.workers = 5;
  EXPECT_EQ(5u, workers_for(options));
  options.scenario.users = 1;
  EXPECT_EQ(1u, workers_for(options));
}

}  // namespace
}  // namespace starling::load
