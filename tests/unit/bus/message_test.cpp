// Posts to messages and back.
#include "server/bus/message.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <variant>

#include "server/bus/limits.h"
#include "tests/unit/bus/random_posts.h"

namespace starling::bus::testing {
namespace {

constexpr std::uint64_t kCluster = 0x5747;
constexpr ShardId kTo{4};
constexpr std::size_t kPayloads = std::variant_size_v<ports::Payload>;

std::vector<std::string> packed(const std::vector<ports::Post>& posts) {
  Packer packer(kCluster, kTo);
  for (const ports::Post& post : posts) EXPECT_TRUE(packer.add(post));
  return packer.take();
}
std::string packed(const ports::Post& post) { return packed(std::vector{post}).at(0); }

ports::Post large_post(std::size_t rooms) {
  ports::Post post{.to = kTo, .envelope = {.header = {.from = ShardId(1), .boot = 7}, .payload = {}}, .also = {}};
  ports::DeviceAttached list;
  for (std::size_t i = 1; i <= rooms; ++i) list.rooms.push_back({.room = RoomId(i), .title = std::string(256, 't')});
  post.envelope.payload = list;
  return post;
}

TEST(BusMessage, EveryPayloadComesBackAsItWas) {
  RandomPosts random(1);
  for (std::size_t index = 0; index < kPayloads; ++index) {
    for (int i = 0; i < 200; ++i) {
      const ports::Post post = random.with_payload(index);
      const auto back = Unpacker(kCluster).take(packed(post));
      ASSERT_TRUE(back) << "payload " << index;
      ASSERT_EQ(back->size(), 1u);
      ASSERT_EQ(back->front().envelope.payload.index(), index);
      ASSERT_TRUE(same(back->front(), post)) << "payload " << index;
    }
  }
}

TEST(BusMessage, WhatCrossesIsOfThisVersion) {
  // Anything else here: raise kVersion, and put down what it is now.
  static_assert(kVersion == 1);
  const ports::Post heartbeat{.to = kTo,
                              .envelope = {.header = {.from = ShardId(1),
                                                      .boot = 2,
                                                      .to_boot = 3,
                                                      .link_seq = 5,
                                                      .view = ViewId(6),
                                                      .sent_at = Instant(Duration(7))},
                                           .payload = ports::Heartbeat{}},
                              .also = {{.to = ShardId(5), .link_seq = 9}}};
  const std::string expected(
      "\x04\x00\x01\x00\x47\x57\x00\x00\x00\x00\x00\x00\x01"
      "\x04\x00\x01\x00\x02\x00\x00\x00\x00\x00\x00\x00\x03\x00\x00\x00\x00\x00\x00\x00\x05\x00\x00\x00\x00\x00\x00\x00"
      "\x06\x00\x00\x00\x00\x00\x00\x00\x07\x00\x00\x00\x00\x00\x00\x00\x17\x01\x00\x00\x00\x05\x00\x09\x00\x00\x00\x00"
      "\x00\x00\x00",
      72);
  EXPECT_EQ(packed(heartbeat), expected);
  RandomPosts random(2);
  std::string all;
  for (std::size_t index = 0; index < kPayloads; ++index) {
    for (int i = 0; i < 20; ++i) all += packed(random.with_payload(index));
  }
  EXPECT_EQ(wire::body_hash(all), 18191880691444769241u);
}

TEST(BusMessage, PostsShareAMessageInTheirOrder) {
  RandomPosts random(3);
  std::vector<ports::Post> posts;
  for (int i = 0; i < 50; ++i) posts.push_back(random.next());
  const std::vector<std::string> messages = packed(posts);
  ASSERT_EQ(messages.size(), 1u);
  const auto back = Unpacker(kCluster).take(messages.front());
  ASSERT_TRUE(back);
  EXPECT_TRUE(same(*back, posts));
}

TEST(BusMessage, NoMessageIsLargerThanItShouldBeAndNothingIsOvertaken) {
  RandomPosts random(4);
  std::vector<ports::Post> posts;
  for (int i = 0; i < 2000; ++i) posts.push_back(i % 500 == 77 ? large_post(8192) : random.next());
  const std::vector<std::string> messages = packed(posts);
  ASSERT_GT(messages.size(), 10u);
  Unpacker unpacker(kCluster);
  std::vector<ports::Post> back;
  for (const std::string& message : messages) {
    EXPECT_LE(message.size(), limits::kMessageBytes + 64);
    auto some = unpacker.take(message);
    ASSERT_TRUE(some);
    for (ports::Post& post : *some) back.push_back(std::move(post));
  }
  EXPECT_TRUE(same(back, posts));
}

TEST(BusMessage, APostBeyondTheLimitIsNotTaken) {
  Packer packer(kCluster, kTo);
  EXPECT_FALSE(packer.add(large_post(limits::kPostBytesMax / 256)));
  EXPECT_TRUE(packer.take().empty());
}

TEST(BusMessage, ALostPartCostsItsPostAndNoOther) {
  const ports::Post small = RandomPosts(5).next();
  const std::vector<std::string> messages = packed(std::vector{large_post(2000), small, large_post(2000)});
  for (std::size_t lost = 0; lost < messages.size(); ++lost) {
    Unpacker unpacker(kCluster);
    std::size_t posts = 0;
    std::size_t missed = 0;
    for (std::size_t i = 0; i < messages.size(); ++i) {
      if (i == lost) continue;
      const auto some = unpacker.take(messages[i]);
      posts += some ? some->size() : 0;
      missed += !some && some.error() == Refusal::PartMissing ? 1 : 0;
    }
    EXPECT_EQ(posts, 2u) << "without message " << lost;
    // Every part after the lost one, but no part says that the last one is missing.
    const bool last_of_its_post = lost + 1 == messages.size() || (lost > 0 && messages[lost + 1][12] == 1);
    EXPECT_EQ(missed > 0, messages[lost][12] == 2 && !last_of_its_post) << "without message " << lost;
  }
}

TEST(BusMessage, AnotherVersionAndAnotherClusterAreRefused) {
  std::string message = packed(RandomPosts(6).next());
  EXPECT_EQ(Unpacker(kCluster + 1).take(message).error(), Refusal::OtherCluster);
  message[2] = static_cast<char>(kVersion + 1);
  EXPECT_EQ(Unpacker(kCluster).take(message).error(), Refusal::OtherVersion);
}

TEST(BusMessage, NoPrefixOfAMessageIsTaken) {
  RandomPosts random(7);
  for (std::size_t index = 0; index < kPayloads; ++index) {
    const std::string message = packed(random.with_payload(index));
    for (std::size_t size = 0; size < message.size(); ++size) {
      ASSERT_FALSE(Unpacker(kCluster).take(std::string_view(message).substr(0, size))) << index << ", " << size;
    }
  }
}

TEST(BusMessage, AChangedByteIsRefusedOrReadAsAnotherPost) {
  RandomPosts random(8);
  Rng rng(9);
  for (int i = 0; i < 3000; ++i) {
    std::string message = packed(random.with_payload(i % kPayloads));
    message[13 + rng.below(message.size() - 13)] ^= static_cast<char>(1 + rng.below(255));
    const auto back = Unpacker(kCluster).take(message);
    if (!back) continue;
    std::string again;
    Packer packer(kCluster, kTo);
    for (const ports::Post& post : *back) ASSERT_TRUE(packer.add(post));
    for (const std::string& each : packer.take()) again += each;
    ASSERT_EQ(again, message);
  }
}

TEST(BusMessage, WhatHasNoShapeIsRefused) {
  const auto refused = [](ports::Post post) {
    const auto back = Unpacker(kCluster).take(packed(post));
    return !back && back.error() == Refusal::Malformed;
  };
  const auto with = [](ports::Payload payload) {
    return ports::Post{
        .to = kTo, .envelope = {.header = {.from = ShardId(1), .boot = 7}, .payload = std::move(payload)}, .also = {}};
  };
  const wire::Event event{.room = RoomId(1), .seq = Seq(1)};
  const auto published = [&](auto&& change) {
    wire::Event changed = event;
    change(changed);
    return with(ports::EventsPublished{.room = RoomId(1), .epoch = Epoch(1), .events = {changed}});
  };
  EXPECT_FALSE(refused(published([](wire::Event&) {})));
  EXPECT_TRUE(refused(published([](wire::Event& e) { e.room = {}; })));
  EXPECT_TRUE(refused(published([](wire::Event& e) { e.seq = {}; })));
  EXPECT_TRUE(refused(published([](wire::Event& e) { e.body = std::string(16 * 1024 + 1, 'x'); })));
  EXPECT_TRUE(refused(published([](wire::Event& e) { e.kind = static_cast<wire::EventKind>(99); })));
  EXPECT_TRUE(refused(published([](wire::Event& e) { e.kind = wire::EventKind::RoomTitle, e.body = "\xFF"; })));
  EXPECT_TRUE(refused(published([](wire::Event& e) { e.erased_hash = 1, e.body = "x"; })));

  ports::Post post = with(ports::Heartbeat{});
  EXPECT_FALSE(refused(post));
  post.envelope.header.from = ShardId(64);
  EXPECT_TRUE(refused(post));
  post = with(ports::Heartbeat{});
  post.also.resize(64);
  EXPECT_TRUE(refused(post));
  post = with(ports::Heartbeat{});
  post.envelope.header.sent_at = kNever;
  EXPECT_TRUE(refused(post)) << "sums of moments would overflow";

  const wire::SendResult busy{.room = RoomId(1), .status = wire::SendStatus::Busy};
  EXPECT_TRUE(refused(with(ports::SendAnswered{.result = busy}))) << "without when to come back";
  const wire::RoomInfo info{.room = RoomId(1), .title = std::string(257, 'x')};
  EXPECT_TRUE(refused(with(ports::UserNotice{.frame = wire::RoomChanged{.info = info}})));
  const wire::Item item{.key = std::string(65, 'x')};
  EXPECT_TRUE(refused(with(ports::UserNotice{.frame = wire::Items{.items = {item}}})));
  const wire::Receipts receipts{.room = RoomId(1), .read_counts = std::vector<std::uint32_t>(65)};
  EXPECT_TRUE(refused(with(ports::ReceiptsTold{.receipts = receipts})));
  EXPECT_TRUE(refused(with(ports::ForwardSend{.send = {.body = "to no room"}})));
}

}  // namespace
}  // namespace starling::bus::testing
