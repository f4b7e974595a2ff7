// Nodes on one machine, over real sockets.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sodium.h>

#include <optional>
#include <stdexcept>
#include <utility>

#include "server/bus/limits.h"
#include "server/bus/message.h"
#include "server/bus/sockets.h"
#include "tests/contract/bus/node.h"

namespace starling::contract {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

constexpr ShardId kFirst{10};   // of node a
constexpr ShardId kSecond{11};  // likewise
constexpr ShardId kThird{20};   // of node b
constexpr ShardId kFourth{21};

/// Connections on which nothing is said.
class BareTcp {
 public:
  BareTcp() : socket_(context_, zmq::socket_type::stream) {
    socket_.set(zmq::sockopt::linger, 0);
    socket_.set(zmq::sockopt::rcvtimeo, 20'000);
  }
  void connect(const std::string& endpoint) { socket_.connect(endpoint); }
  /// At any free port; returns the endpoint.
  std::string listen() {
    socket_.bind("tcp://127.0.0.1:*");
    return socket_.get(zmq::sockopt::last_endpoint);
  }
  /// The next that is there, by the name that libzmq gives it. Under it comes also what the other says.
  std::string connection() {
    zmq::message_t name;
    zmq::message_t bytes;
    do {
      if (!socket_.recv(name) || !socket_.recv(bytes)) throw std::runtime_error("no connection");
    } while (name.to_string() == last_);
    return last_ = name.to_string();
  }
  void hang_up(const std::string& connection) {
    socket_.send(zmq::buffer(connection), zmq::send_flags::sndmore);
    socket_.send(zmq::message_t(), zmq::send_flags::none);
  }

 private:
  zmq::context_t context_;
  zmq::socket_t socket_;
  std::string last_;
};

class BusContract : public testing::Test {
 protected:
  BusContract() {
    a.start();
    b.start();
  }
  static std::vector<std::uint64_t> link_seqs(const std::vector<Delivered>& delivered) {
    std::vector<std::uint64_t> seqs;
    for (const Delivered& each : delivered) seqs.push_back(each.envelope.header.link_seq);
    return seqs;
  }
  static ports::EventsPublished events_of(std::size_t bytes) {
    ports::EventsPublished published{.room = RoomId(1), .epoch = Epoch(1)};
    for (std::uint64_t seq = 1; bytes > 0; ++seq) {
      const std::size_t size = std::min<std::size_t>(bytes, 16 * 1024);
      published.events.push_back({.room = RoomId(1), .seq = Seq(seq), .body = std::string(size, 'x')});
      bytes -= size;
    }
    return published;
  }

  BusNode a{kFirst.value};
  BusNode b{kThird.value};
};

TEST_F(BusContract, WhatAShardSaysComesWholeAndInOrder) {
  connect({&a, &b});
  constexpr std::size_t kCount = 5000;
  for (std::size_t i = 0; i < kCount; ++i) a.post(kThird, events_of(i % 100));
  const auto delivered = b.delivered(kCount);
  ASSERT_EQ(delivered.size(), kCount);
  for (std::size_t i = 0; i < kCount; ++i) {
    ASSERT_EQ(delivered[i].to, kThird);
    ASSERT_EQ(delivered[i].envelope.header.from, kFirst);
    ASSERT_EQ(delivered[i].envelope.header.link_seq, i + 1);
    const auto& events = std::get<ports::EventsPublished>(delivered[i].envelope.payload).events;
    ASSERT_EQ(events.empty() ? 0 : events.front().body.size(), i % 100);
  }
}

TEST_F(BusContract, EachShardOfAPostGetsItWithTheNumberOfItsLink) {
  connect({&a, &b});
  a.post(kThird, ports::Heartbeat{}, {{.to = kFourth, .link_seq = 77}});
  const auto delivered = b.delivered(2);
  ASSERT_EQ(delivered.size(), 2u);
  EXPECT_EQ(delivered[0].to, kFourth);
  EXPECT_EQ(delivered[0].envelope.header.link_seq, 77u);
  EXPECT_EQ(delivered[1].to, kThird);
  EXPECT_EQ(delivered[1].envelope.header.link_seq, 1u);
  EXPECT_EQ(b.metric("starling_bus_messages_received_total"), 1u) << "it crosses once";
}

TEST_F(BusContract, EachNodeGetsWhatIsForItAndNothingElse) {
  BusNode c{30};
  c.start();
  connect({&a, &b, &c});
  a.post(kThird);
  a.post(ShardId(30));
  a.post(kThird);
  a.post(ShardId(31));
  EXPECT_THAT(link_seqs(b.delivered(2)), ElementsAre(1, 3));
  EXPECT_THAT(link_seqs(c.delivered(2)), ElementsAre(2, 4));
  EXPECT_EQ(b.metric("starling_bus_refused_total{why=\"receiver\"}"), 0u);
}

TEST_F(BusContract, APostLargerThanAMessageComesInParts) {
  connect({&a, &b});
  a.post(kThird, events_of(3'000'000));
  a.post(kThird);
  const auto delivered = b.delivered(2);
  ASSERT_EQ(delivered.size(), 2u);
  EXPECT_EQ(std::get<ports::EventsPublished>(delivered[0].envelope.payload).events.size(), 184u);
  EXPECT_GT(b.metric("starling_bus_messages_received_total"), 20u);
}

TEST_F(BusContract, APostBeyondAllMeasureIsDroppedAndTheNextOneComes) {
  connect({&a, &b});
  a.post(kThird, events_of(bus::limits::kPostBytesMax));
  a.post(kThird);
  EXPECT_THAT(link_seqs(b.delivered(1)), ElementsAre(2));
  EXPECT_EQ(a.metric("starling_bus_posts_dropped_total{why=\"too_large\"}"), 1u);
  EXPECT_TRUE(a.complains("larger than any should be"));
}

TEST_F(BusContract, APostForNobodyIsDroppedAndCounted) {
  connect({&a, &b});
  a.post(ShardId(40));
  EXPECT_TRUE(a.reaches("starling_bus_posts_dropped_total{why=\"unknown_node\"}", 1));
}

// ---- who may

TEST_F(BusContract, AnUnknownKeyIsRefusedOnBothSidesAndTheLogSaysWhatToDo) {
  BusNode stranger{30};
  stranger.start({a.as_peer()});
  connect({&a, &b});
  ASSERT_TRUE(a.reaches("starling_bus_keys_total{what=\"refused\"}", 1));
  EXPECT_TRUE(a.complains("its key " + bus::text_of(stranger.config().public_key) + " is none of a peer; fix: "));
  EXPECT_TRUE(stranger.complains("n10 at " + a.bus().endpoint() + " refuses this node; fix: "));
  EXPECT_EQ(stranger.metric("starling_bus_node_heard{node=\"n10\"}"), 0u);
  EXPECT_EQ(a.metric("starling_bus_keys_total{what=\"accepted\"}"), 1u) << "of b";
}

TEST_F(BusContract, APeerWithoutTheKeyThatItShouldHaveIsNotHeardAndTheLogSaysWhatToDo) {
  bus::Peer false_b = b.as_peer();
  false_b.public_key = BusNode(50).config().public_key;
  a.start({false_b});
  EXPECT_TRUE(a.complains("it does not have the key " + bus::text_of(false_b.public_key)));
  EXPECT_TRUE(a.reaches("starling_bus_handshakes_failed_total", 1));
  EXPECT_EQ(a.metric("starling_bus_node_heard{node=\"n20\"}"), 0u);
  EXPECT_TRUE(b.complains("has failed; fix: who connects needs the public key of this node, " +
                          bus::text_of(b.config().public_key)));
}

TEST_F(BusContract, WhoBreaksOffAHandshakeIsCountedAndNotTakenForOneWithAWrongKey) {
  BareTcp passer_by;
  passer_by.connect(a.bus().endpoint());
  passer_by.hang_up(passer_by.connection());
  EXPECT_TRUE(a.reaches("starling_bus_handshakes_failed_total", 1));
  BusNode stranger{30};
  stranger.start({a.as_peer()});
  EXPECT_TRUE(a.complains(bus::text_of(stranger.config().public_key) + " is none of a peer")) << "what comes later";
  EXPECT_FALSE(a.has_complained("handshake"));
}

TEST_F(BusContract, APeerThatBreaksOffTwoHandshakesAndThenStartsIsHeardWithoutAComplaint) {
  static_assert(bus::limits::kBrokenOffMax == 3);
  b.stop();
  std::optional<BareTcp> dying(std::in_place);
  b.config().listen = dying->listen();
  a.start({b.as_peer()});
  dying->hang_up(dying->connection());
  ASSERT_FALSE(dying->connection().empty());
  dying.reset();
  EXPECT_TRUE(a.reaches("starling_bus_handshakes_failed_total", 2));
  b.start({a.as_peer()});
  wait_for_connections({&a, &b});
  EXPECT_FALSE(a.has_complained("no handshake"));
}

TEST_F(BusContract, ANodeOfAnotherClusterIsRefusedAndCounted) {
  BusNode foreign{30, 2};
  foreign.start();
  connect({&a, &foreign});
  foreign.post(kFirst);
  EXPECT_TRUE(a.reaches("starling_bus_refused_total{why=\"cluster\"}", 1));
  EXPECT_TRUE(a.complains("n30 is of another cluster; fix: give both the same cluster.name"));
  EXPECT_EQ(a.metric("starling_bus_envelopes_received_total"), 0u);
}

/// What stands in for a peer says whatever it is told to.
class BusPeerOfAnyBytes : public BusContract {
 protected:
  BusPeerOfAnyBytes() : publisher_(bus::make_publisher(context_, config())) {
    publisher_.set(zmq::sockopt::rcvtimeo, 20'000);
    publisher_.bind("tcp://127.0.0.1:*");
    bus::Peer peer = b.as_peer();
    peer.endpoint = publisher_.get(zmq::sockopt::last_endpoint);
    a.start({peer});
    zmq::message_t subscription;
    EXPECT_TRUE(publisher_.recv(subscription));
  }
  const bus::Config& config() { return b.config(); }
  void say(const std::string& bytes) { publisher_.send(zmq::buffer(bytes), zmq::send_flags::none); }
  static std::string message(ShardId from, ShardId to) {
    bus::Packer packer(1, kFirst);
    EXPECT_TRUE(packer.add(
        {.to = to, .envelope = {.header = {.from = from, .boot = 1}, .payload = ports::Heartbeat{}}, .also = {}}));
    return packer.take().at(0);
  }

  zmq::context_t context_;
  zmq::socket_t publisher_;
};

TEST_F(BusPeerOfAnyBytes, AnotherVersionIsRefusedAndCounted) {
  std::string other = message(kThird, kFirst);
  other[2] = 99;
  say(other);
  say(message(kThird, kFirst));
  EXPECT_EQ(a.delivered(1).size(), 1u);
  EXPECT_EQ(a.metric("starling_bus_refused_total{why=\"version\"}"), 1u);
  EXPECT_TRUE(a.complains("n20 speaks another version of the bus; fix: "));
}

TEST_F(BusPeerOfAnyBytes, WhatIsMalformedIsRefusedAndCounted) {
  for (const std::string& bytes :
       {bus::topic_of(kFirst), message(kThird, kFirst) + "x", message(kThird, kFirst).substr(0, 30)}) {
    say(bytes);
  }
  say(message(kThird, kFirst));
  EXPECT_EQ(a.delivered(1).size(), 1u);
  EXPECT_EQ(a.metric("starling_bus_refused_total{why=\"malformed\"}"), 3u);
}

TEST_F(BusPeerOfAnyBytes, ANodeSpeaksForItsOwnShardsOnlyAndToThoseOfTheReceiver) {
  say(message(kFirst, kFirst));
  say(message(ShardId(22), kFirst));
  say(message(kThird, ShardId(12)));
  say(message(kFourth, kSecond));
  const auto delivered = a.delivered(1);
  ASSERT_EQ(delivered.size(), 1u);
  EXPECT_EQ(delivered[0].envelope.header.from, kFourth);
  EXPECT_EQ(a.metric("starling_bus_refused_total{why=\"sender\"}"), 2u);
  EXPECT_EQ(a.metric("starling_bus_refused_total{why=\"receiver\"}"), 1u);
}

TEST_F(BusPeerOfAnyBytes, WhoSendsMoreThanAMessageMayBeIsCutOff) {
  say(bus::topic_of(kFirst) + std::string(bus::limits::kMessageBytesMax, 'x'));
  zmq::message_t change;  // it comes again after that, and says again what it wants
  ASSERT_TRUE(publisher_.recv(change));
  EXPECT_EQ(change.to_string(), std::string(1, '\0') + bus::topic_of(kFirst));
  ASSERT_TRUE(publisher_.recv(change));
  say(message(kThird, kFirst));
  EXPECT_EQ(a.delivered(1).size(), 1u);
  EXPECT_EQ(a.metric("starling_bus_messages_received_total"), 1u);
}

// ---- what is lost

TEST_F(BusContract, WhatIsSaidBeforeANodeListensIsLostAndCounted) {
  a.start({b.as_peer()});
  a.post(kThird);
  EXPECT_TRUE(a.reaches("starling_bus_posts_dropped_total{why=\"not_connected\"}", 1));
  EXPECT_TRUE(b.reaches("starling_bus_keys_total{what=\"refused\"}", 1)) << "b does not know it yet";
  connect({&a, &b});
  a.post(kThird);
  EXPECT_THAT(link_seqs(b.delivered(1)), ElementsAre(2));
}

TEST_F(BusContract, ANodeThatDoesNotReadLosesTheNewestAndStopsNobodyElse) {
  BusNode c{30};
  c.start();
  connect({&a, &b, &c});
  auto still = b.stand_still();
  std::size_t posted = 0;
  const auto post_some = [&] {
    for (int i = 0; i < 100; ++i, ++posted) a.post(kThird, events_of(120'000));
    return a.reaches("starling_bus_posts_total", posted);
  };
  while (post_some() && a.metric("starling_bus_messages_dropped_total") == 0 && posted < 20'000) {
    a.post(ShardId(30));
    ++posted;
    ASSERT_EQ(c.delivered(1).size(), 1u);
  }
  EXPECT_GT(a.metric("starling_bus_messages_dropped_total"), 0u);
  still.unlock();
  const auto first = b.delivered(100);
  ASSERT_GE(first.size(), 100u);
  EXPECT_EQ(first[0].envelope.header.link_seq, 1u) << "the oldest are kept";
  a.post(ShardId(30));
  EXPECT_EQ(c.delivered(1).size(), 1u);
}

TEST_F(BusContract, WhatAShardThatIsBehindDoesNotTakeIsCounted) {
  connect({&a, &b});
  b.take(false);
  a.post(kThird);
  EXPECT_TRUE(b.reaches("starling_bus_envelopes_lost_total", 1));
  b.take(true);
  a.post(kThird);
  EXPECT_THAT(link_seqs(b.delivered(1)), ElementsAre(2));
}

TEST_F(BusContract, ANodeThatStartsAnewIsHeardAndHears) {
  connect({&a, &b});
  a.post(kThird);
  ASSERT_EQ(b.delivered(1).size(), 1u);
  b.stop();
  EXPECT_TRUE(a.reaches("starling_bus_keys_total{what=\"accepted\"}", 1));
  b.start({a.as_peer()});
  EXPECT_TRUE(a.reaches("starling_bus_keys_total{what=\"accepted\"}", 2));
  wait_for_connections({&a, &b});
  a.post(kFourth);
  b.post(kSecond);
  EXPECT_THAT(link_seqs(b.delivered(1)), ElementsAre(2));
  EXPECT_EQ(a.delivered(1).size(), 1u);
}

// ---- what is wrong before anything starts

TEST(BusStart, AnAddressThatCannotBeListenedOnIsAnErrorThatNamesIt) {
  BusNode a{10};
  a.start();
  bus::Config taken = BusNode(20).config();
  taken.listen = a.bus().endpoint();
  const auto again = bus::Bus::start(taken, {}, {});
  ASSERT_FALSE(again);
  EXPECT_THAT(again.error().text, HasSubstr(a.bus().endpoint() + ": Address already in use; fix: "));
  EXPECT_TRUE(again.error().passes);
  taken.listen = "here";
  EXPECT_THAT(bus::Bus::start(taken, {}, {}).error().text, HasSubstr("cannot listen on here: "));
}

TEST(BusStart, PeersThatCannotBeAreAnErrorThatNamesThem) {
  const BusNode a{10};
  bus::Peer b = BusNode(20).as_peer();
  bus::Peer c = BusNode(21).as_peer();
  EXPECT_THAT(bus::Bus::start(BusNode(21).config(), {b}, {}).error().text,
              HasSubstr("n20 has shard 21 as this node has; fix: "));
  EXPECT_THAT(bus::Bus::start(BusNode(10).config(), {b, c}, {}).error().text,
              HasSubstr("n20 and n21 both have shard 21; fix: "));
  c = BusNode(30).as_peer();
  c.public_key = b.public_key;
  EXPECT_THAT(bus::Bus::start(BusNode(10).config(), {b, c}, {}).error().text,
              HasSubstr("n20 and n30 have the same key; fix: "));
}

}  // namespace
}  // namespace starling::contract
