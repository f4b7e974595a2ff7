// A virtual user against frames that the test makes up: what it does, what it counts, and what it keeps over a crash.
#include "loadsim/load/virtual_user.h"

#include <gtest/gtest.h>

#include "loadsim/check/stamp.h"
#include "loadsim/people/acting.h"

namespace starling::load {
namespace {

using namespace std::chrono_literals;
using people::Done;
using users::Action;

constexpr RoomId kRoom{70};

class TenAccounts final : public Accounts {
 public:
  people::Account at(std::uint32_t index) const override {
    return {.user = UserId(100 + index), .device = DeviceId(200 + index)};
  }
  std::string token(std::uint32_t) const override { return "token"; }
};

users::Scenario ten_users() {
  users::Scenario scenario;
  scenario.users = 10;
  scenario.personas = {{.name = "p", .think = 1s}};
  return scenario;
}

class VirtualUserTest : public testing::Test {
 protected:
  explicit VirtualUserTest(std::uint32_t nodes = 1)
      : world_{{.scenario = scenario_, .accounts = accounts_, .seed = 1, .run_id = 9}, accounts_, nodes} {}
  void SetUp() override { begin(); }
  void begin() {
    with([&](client::Output& out) { user_.session().start(now_, out); });
    log_in();
  }

  template <class Command>
  void with(Command&& command) {
    out_.clear();
    command(out_);
    while (!out_.empty()) {
      user_.observe(out_, now_);
      for (const wire::ClientFrame& frame : out_.frames) frames_.push_back(frame);
      const std::uint64_t persisted = out_.persists.empty() ? 0 : out_.persists.back().token;
      out_.clear();
      if (persisted != 0) user_.session().on_persisted(persisted, now_, out_);
    }
  }
  void hear(const wire::ServerFrame& frame) {
    with([&](client::Output& out) { user_.session().on_frame(frame, now_, out); });
  }

  void log_in() {
    with([&](client::Output& out) { user_.session().on_connected("token", {}, now_, out); });
    hear(wire::Welcome{.user = UserId(100), .device = DeviceId(200), .ticket = "ticket", .rooms_version = 1});
    hear(wire::RoomList{.rooms_version = 1, .rooms = {{.room = kRoom, .role = wire::Role::Member}}});
    const bool anew = user_.watch().find(kRoom) == nullptr || !user_.watch().find(kRoom)->seen.cursor();
    const client::RoomCursor cursor = user_.session().rooms().cursor(0);
    hear(wire::Synced{.rooms = {{.room = kRoom,
                                 .status = anew ? wire::SyncStatus::Reset : wire::SyncStatus::Live,
                                 .reason = anew ? wire::ResetReason::NewDevice : wire::ResetReason::None,
                                 .epoch = Epoch(1),
                                 .head = head_,
                                 .start = anew ? wire::Cursor{.epoch = Epoch(1)} : cursor.cursor()}}});
  }

  /// The next event of the log: a message of this run by `device`, meant for 3 ms ago.
  wire::Event message(DeviceId device, Cseq cseq = {}, std::string body = {}) {
    head_ = head_.next();
    if (body.empty()) {
      body = check::stamped_body({.run = world_.run_id,
                                  .room = kRoom,
                                  .device = device,
                                  .intended_ns = (now_ - 3ms).time_since_epoch().count()},
                                 100);
    }
    return {.room = kRoom,
            .epoch = Epoch(1),
            .seq = head_,
            .sender = UserId(device.value - 100),
            .device = device,
            .cseq = cseq,
            .msg_no = head_.value,
            .body = std::move(body)};
  }

  Done act(Action action) {
    Done done = Done::Nothing;
    with([&](client::Output& out) {
      done = people::act(user_.person(), user_.session(), action, {.intended = now_ - 1ms, .now = now_}, out);
    });
    return done;
  }
  template <class Frame>
  std::vector<Frame> sent() const {
    std::vector<Frame> found;
    for (const wire::ClientFrame& frame : frames_) {
      if (const auto* each = std::get_if<Frame>(&frame)) found.push_back(*each);
    }
    return found;
  }

  /// It is told of a marker, dies, and is told of a lower one by the same server.
  void marker_goes_back() {
    hear(wire::ReadMarked{.room = kRoom, .seq = Seq(7)});
    user_.crash();
    begin();
    hear(wire::ReadMarked{.room = kRoom, .seq = Seq(6)});
  }

  Instant now_ = Instant(1h);
  users::Scenario scenario_ = ten_users();
  TenAccounts accounts_;
  UserWorld world_;
  VirtualUser user_{world_, 0};
  client::Output out_;
  std::vector<wire::ClientFrame> frames_;
  Seq head_;
};

const report::Histogram& of(const UserWorld& world, report::Metric metric) {
  return world.histograms[static_cast<std::size_t>(metric)];
}

TEST_F(VirtualUserTest, LatencyCountsFromTheIntendedSendToTheReceiver) {
  hear(message(DeviceId(201)));
  EXPECT_EQ(1u, world_.counters.live);
  EXPECT_EQ(1u, of(world_, report::Metric::Delivery).count());
  EXPECT_EQ(3000u, of(world_, report::Metric::Delivery).max());
}

TEST_F(VirtualUserTest, EventsBelowTheHeadOfTheSyncAreCatchUpAndNoLatency) {
  wire::Event missed = message(DeviceId(201));
  with([&](client::Output& out) { user_.session().on_disconnected(0, now_, out); });
  now_ += 2s;
  with([&](client::Output& out) { user_.session().on_time(now_, out); });
  log_in();
  hear(missed);
  hear(message(DeviceId(201)));
  EXPECT_EQ(2u, world_.counters.deliveries);
  EXPECT_EQ(1u, world_.counters.live);
  EXPECT_EQ(1u, of(world_, report::Metric::Outage).count());
}

TEST_F(VirtualUserTest, WhoStaysConnectedWaitsOnceForARoomWhoseHomeHasDied) {
  world_.rehoming.begin(now_ - 1ms);
  world_.rehoming.await(0, kRoom);
  hear(message(DeviceId(201)));
  EXPECT_EQ(0u, of(world_, report::Metric::Rehomed).count()) << "it was meant for a moment before the death";
  now_ += 2s;
  hear(message(DeviceId(201)));
  EXPECT_EQ(1u, of(world_, report::Metric::Rehomed).count());
  EXPECT_EQ(3000u, of(world_, report::Metric::Rehomed).max());
  hear(message(DeviceId(201)));
  EXPECT_EQ(1u, of(world_, report::Metric::Rehomed).count()) << "only the first one";
}

TEST_F(VirtualUserTest, WhoseConnectionBreaksHasNotSurvived) {
  world_.rehoming.begin(now_);
  world_.rehoming.await(0, kRoom);
  with([&](client::Output& out) { user_.session().on_disconnected(0, now_, out); });
  now_ += 2s;
  with([&](client::Output& out) { user_.session().on_time(now_, out); });
  log_in();
  hear(message(DeviceId(201)));
  EXPECT_EQ(1u, of(world_, report::Metric::Delivery).count());
  EXPECT_EQ(0u, of(world_, report::Metric::Rehomed).count());
}

TEST_F(VirtualUserTest, ASendIsStampedWithTheIntendedTimeAndItsAnswerIsMeasuredFromThere) {
  EXPECT_EQ(Done::Yes, act(Action::Send));
  const auto sends = sent<wire::Send>();
  ASSERT_EQ(1u, sends.size());
  const auto stamp = check::read_stamp(sends[0].body);
  ASSERT_TRUE(stamp);
  EXPECT_EQ((now_ - 1ms).time_since_epoch().count(), stamp->intended_ns);
  now_ += 4ms;
  hear(wire::SendResult{.room = kRoom, .cseq = sends[0].cseq, .epoch = Epoch(1), .seq = Seq(1)});
  EXPECT_EQ(1u, world_.counters.accepted);
  EXPECT_EQ(5000u, of(world_, report::Metric::Ack).max());
}

TEST_F(VirtualUserTest, OneCanOnlyEditAndDeleteWhatOneWrote) {
  hear(message(DeviceId(201)));
  EXPECT_EQ(Done::Nothing, act(Action::Edit));
  EXPECT_EQ(Done::Nothing, act(Action::Delete));
  hear(message(DeviceId(200)));
  EXPECT_EQ(Done::Yes, act(Action::Edit));
  EXPECT_EQ(Seq(2), sent<wire::Send>().back().target);
  EXPECT_EQ(Done::Yes, act(Action::Delete));
  EXPECT_EQ(Done::Nothing, act(Action::Edit)) << "it is deleted";
}

TEST_F(VirtualUserTest, AReactionIsTakenBackOnce) {
  EXPECT_EQ(Done::Nothing, act(Action::React));
  hear(message(DeviceId(201)));
  EXPECT_EQ(Done::Yes, act(Action::React));
  EXPECT_EQ(Done::Yes, act(Action::Unreact));
  EXPECT_EQ(Done::Nothing, act(Action::Unreact));
  EXPECT_EQ(sent<wire::Send>()[0].body, sent<wire::Send>()[1].body);
}

TEST_F(VirtualUserTest, ACrashKeepsOutboxAndCursorAndTheChecksGoOn) {
  hear(message(DeviceId(201)));
  ASSERT_EQ(Done::Yes, act(Action::Send));
  const wire::Send waiting = sent<wire::Send>().back();
  user_.crash();
  EXPECT_EQ(1u, user_.session().outbox().size());
  EXPECT_EQ("", user_.ticket());
  begin();
  EXPECT_EQ(waiting.client_msg_id, sent<wire::Send>().back().client_msg_id) << "it goes again";
  EXPECT_EQ(waiting.cseq, sent<wire::Send>().back().cseq);
  hear(message(DeviceId(201)));
  EXPECT_TRUE(world_.violations.empty()) << check::to_string(world_.violations.kept().front());
  EXPECT_EQ(Seq(2), user_.watch().find(kRoom)->seen.cursor());
}

TEST_F(VirtualUserTest, OneServerTakesNoMarkerBackWhileItLives) {
  marker_goes_back();
  EXPECT_EQ(1u, world_.violations.count());
}

/// Of three nodes, the one that held the marker may have died meanwhile.
struct VirtualUserOfThreeNodesTest : VirtualUserTest {
  VirtualUserOfThreeNodesTest() : VirtualUserTest(3) {}
};

TEST_F(VirtualUserOfThreeNodesTest, AMarkerMayGoBackWithTheNodeThatHeldIt) {
  marker_goes_back();
  EXPECT_TRUE(world_.violations.empty()) << check::to_string(world_.violations.kept().front());
  hear(wire::ReadMarked{.room = kRoom, .seq = Seq(5)});
  EXPECT_EQ(1u, world_.violations.count()) << "within a connection it may not";
}

TEST_F(VirtualUserTest, AtRestNothingWaitsAndEveryHeadIsReached) {
  const char* why = nullptr;
  EXPECT_TRUE(user_.settled());
  ASSERT_EQ(Done::Yes, act(Action::Send));
  EXPECT_FALSE(user_.settled(&why));
  EXPECT_STREQ("has sends that nobody answered", why);
  hear(wire::SendResult{.room = kRoom, .cseq = Cseq(1), .epoch = Epoch(1), .seq = Seq(1)});
  EXPECT_FALSE(user_.settled(&why));
  EXPECT_STREQ("has not got the events up to a head that it was told", why);
  hear(message(DeviceId(200), Cseq(1), sent<wire::Send>().back().body));
  EXPECT_TRUE(user_.settled());
}

TEST_F(VirtualUserTest, ABodyThatNobodyWroteIsAViolation) {
  hear(message(DeviceId(201), {}, "a body without a stamp"));
  EXPECT_EQ(1u, world_.violations.count());
}

}  // namespace
}  // namespace starling::load
