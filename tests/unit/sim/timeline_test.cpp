#include "loadsim/sim/timeline.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>

#include "loadsim/sim/swarm.h"

namespace starling::sim {
namespace {

using report::Timeline;

constexpr RoomId kRoom(1);
constexpr DeviceId kSender(16);
constexpr DeviceId kReader(32);

Instant at(Duration since) { return Instant() + since; }

/// What the engine of device `index` does at that time.
class Script {
 public:
  Script() {
    recording.add_device(UserId(1), kSender);
    recording.add_device(UserId(2), kReader);
    recording.add_device(UserId(3), DeviceId(48));
    recording.shard(at(0s), ShardId(0), Step::What::ShardUp);
  }
  void sends(Duration when, Cseq cseq) {
    client::Output out;
    out.frames.emplace_back(wire::Send{.room = kRoom, .cseq = cseq});
    recording.device_output(at(when), 0, kSender, out);
    recording.arrived(at(when + 20ms), ShardId(0), 0, out.frames.back());
  }
  void commits(Duration when, Cseq cseq, Seq seq) {
    ports::Committed done;
    done.batch.room = kRoom;
    done.batch.rows.push_back({.device = kSender, .cseq = cseq});
    recording.submitted(at(when - 2ms), ShardId(0), done.batch);
    done.results.push_back({.seq = seq});
    recording.stored(at(when), done);
    recording.sent_down(at(when), ShardId(0), 1, event(cseq, seq));
  }
  void answers(Duration when, Cseq cseq, Seq seq) {
    recording.sent_down(at(when), ShardId(0), 0, wire::SendResult{.room = kRoom, .cseq = cseq, .seq = seq});
    client::Output out;
    out.notices.emplace_back(client::Settled{.room = kRoom, .cseq = cseq, .seq = seq});
    recording.device_output(at(when + 20ms), 0, kSender, out);
  }
  void shows(Duration when, std::uint32_t index, Cseq cseq, Seq seq) {
    const wire::Event shown = event(cseq, seq);
    client::Output out;
    out.notices.emplace_back(client::Applied{&shown});
    recording.device_output(at(when), index, index == 0 ? kSender : kReader, out);
  }
  Timeline drawn(std::optional<check::Violation> violation = std::nullopt, std::uint16_t nodes = 1) const {
    RunReport report{.lasted = 10s};
    if (violation) {
      report.violations = 1;
      report.first.push_back(*violation);
    }
    Options options;
    options.nodes = nodes;
    return timeline_of(recording, options, report);
  }

  Recording recording;

 private:
  static wire::Event event(Cseq cseq, Seq seq) { return {.room = kRoom, .seq = seq, .device = kSender, .cseq = cseq}; }
};

std::vector<std::string> said(const Timeline& t, bool bad) {
  std::vector<std::string> texts;
  for (const Timeline::Step& step : t.steps) {
    if ((step.tone == Timeline::Tone::Bad) == bad) texts.push_back(t.lanes[step.lane].name + ": " + step.about);
  }
  return texts;
}

bool contains(const std::vector<std::string>& texts, const std::string& text) {
  return std::find(texts.begin(), texts.end(), text) != texts.end();
}

TEST(Timeline, AMessagesWayLeadsFromItsSenderToItsReader) {
  Script script;
  script.sends(1s, Cseq(1));
  script.commits(1030ms, Cseq(1), Seq(4));
  script.answers(1031ms, Cseq(1), Seq(4));
  script.shows(1050ms, 1, Cseq(1), Seq(4));
  const Timeline t = script.drawn();
  const std::vector<std::string> expected{"device 16 of user 1: #4 sent",   "shard 0, home: #4 arrives",
                                          "shard 0, home: #4 to the store", "store: #4 committed",
                                          "shard 0, home: #4 published",    "shard 0, home: #4 answered: accepted",
                                          "device 32 of user 2: #4 shown",  "device 16 of user 1: #4 acknowledged"};
  auto steps = said(t, false);
  EXPECT_TRUE(std::ranges::is_permutation(steps, expected)) << testing::PrintToString(steps);
  EXPECT_TRUE(said(t, true).empty());
  EXPECT_EQ(t.lanes.size(), 4u);  // device 48 had no part
  for (std::size_t i = 1; i < t.steps.size(); ++i) {
    ASSERT_TRUE(t.steps[i].after.has_value()) << t.steps[i].about;
    EXPECT_LT(*t.steps[i].after, i);
  }
}

TEST(Timeline, WhatATooOldAnswerLacksIsTheMessageThatWentWrong) {
  Script script;
  for (std::uint32_t n = 1; n <= 3; ++n) {
    script.sends(n * 1s, Cseq(n));
    script.commits(n * 1s + 30ms, Cseq(n), Seq(n));
    script.shows(n * 1s + 50ms, 1, Cseq(n), Seq(n));
  }
  const Timeline t = script.drawn(check::Violation{
      .guarantee = check::Guarantee::G5_ReadYourWrites, .room = kRoom, .seq = Seq(1), .device = kReader, .text = "x"});
  ASSERT_FALSE(t.messages.empty());
  EXPECT_EQ(t.messages.front().substr(0, 3), "#2 ");
}

TEST(Timeline, EachViewLastsUntilTheNext) {
  Script script;
  ports::View both{.id = ViewId(3)};
  both.add({.first = ShardId(0), .shards = 2});
  both.add({.first = ShardId(2), .shards = 2, .leaving = true});
  ports::View one{.id = ViewId(4)};
  one.add({.first = ShardId(0), .shards = 2});
  script.recording.stored(at(1s), ports::LeaseKept{.kept = true, .views = {both}});
  script.recording.stored(at(4s), ports::LeaseKept{.kept = true, .views = {both, one}});
  script.recording.stored(at(5s), ports::LeaseKept{.kept = true, .views = {one}});
  const Timeline t = script.drawn(std::nullopt, 2);
  ASSERT_EQ(t.views.size(), 2u);
  EXPECT_EQ(t.views[0].text, "view 3: n1 n2 (leaves)");
  EXPECT_EQ(t.views[0].to_ms, 4000);
  EXPECT_EQ(t.views[1].text, "view 4: n1");
  EXPECT_EQ(t.views[1].to_ms, 10'000);
}

TEST(Timeline, AnAcknowledgedMessageThatIsInNoLogIsMarked) {
  Script script;
  script.sends(1s, Cseq(1));
  script.answers(1030ms, Cseq(1), Seq(4));
  const Timeline t = script.drawn(check::Violation{
      .guarantee = check::Guarantee::G1_AckedIsDurable, .room = kRoom, .seq = Seq(4), .device = kSender, .text = "x"});
  EXPECT_TRUE(contains(said(t, true), "device 16 of user 1: #4 acknowledged, not in the log"));
  EXPECT_TRUE(contains(said(t, true), "store: #4 is not in the log"));
  EXPECT_EQ(t.end.lane, 0u);
  EXPECT_EQ(t.end.violation, "G1 room 1 seq 4 device 16: x");
}

TEST(Timeline, WhatIsShownOutOfOrderTwiceOrNotAtAllIsMarked) {
  Script script;
  for (std::uint32_t n = 1; n <= 4; ++n) {
    script.sends(n * 1s, Cseq(n));
    script.commits(n * 1s + 30ms, Cseq(n), Seq(n));
  }
  script.shows(5s, 1, Cseq(1), Seq(1));
  script.shows(6s, 1, Cseq(3), Seq(3));
  script.shows(7s, 1, Cseq(3), Seq(3));
  script.shows(8s, 1, Cseq(4), Seq(4));
  const auto wrong = said(
      script.drawn(check::Violation{
          .guarantee = check::Guarantee::G2_TotalOrder, .room = kRoom, .seq = Seq(4), .device = kReader, .text = "x"}),
      true);
  EXPECT_TRUE(contains(wrong, "device 32 of user 2: #3 shown after #1"));
  EXPECT_TRUE(contains(wrong, "device 32 of user 2: #3 shown again"));
  EXPECT_TRUE(contains(wrong, "device 32 of user 2: #2 missing"));
  EXPECT_EQ(wrong.size(), 3u) << testing::PrintToString(wrong);
}

TEST(Timeline, WhatIsInTheLogTwiceIsMarkedWithBothPlaces) {
  Script script;
  script.sends(1s, Cseq(1));
  script.commits(2s, Cseq(1), Seq(4));
  script.commits(3s, Cseq(1), Seq(7));
  const check::Violation violation{
      .guarantee = check::Guarantee::G3_ExactlyOnce, .room = kRoom, .seq = Seq(7), .text = "x"};
  const Timeline t = script.drawn(violation);
  EXPECT_TRUE(contains(said(t, false), "store: #4 committed"));
  EXPECT_TRUE(contains(said(t, true), "store: #7 committed again, after #4"));
  EXPECT_EQ(t.end.promise, words_of(violation.guarantee));
}

TEST(Timeline, WhatIsLostBetweenShardsIsSeenWhereItIsMissed) {
  Script script;
  script.sends(1s, Cseq(1));
  script.commits(1030ms, Cseq(1), Seq(4));
  ports::EventsPublished published{.room = kRoom};
  published.events.push_back({.room = kRoom, .seq = Seq(4), .device = kSender, .cseq = Cseq(1)});
  script.recording.lost(at(1031ms), ShardId(1), {.payload = published});
  const Timeline t = script.drawn();
  const auto lost = std::ranges::find(t.steps, Timeline::Tone::Lost, &Timeline::Step::tone);
  ASSERT_NE(lost, t.steps.end());
  EXPECT_EQ(lost->about, "#4 lost on the way");
  EXPECT_EQ(t.lanes[lost->lane].name, "shard 1");
  ASSERT_TRUE(lost->after.has_value());
  EXPECT_EQ(t.steps[*lost->after].about, "#4 committed");
}

TEST(Timeline, WhatIsShownCameFromTheShardThatTheDeviceIsConnectedTo) {
  Script script;
  script.sends(1s, Cseq(1));
  script.commits(2s, Cseq(1), Seq(4));  // published to device 1 by shard 0
  const wire::Event event{.room = kRoom, .seq = Seq(4), .device = kSender, .cseq = Cseq(1)};
  script.recording.sent_down(at(2100ms), ShardId(1), 0, event);
  script.shows(2200ms, 1, Cseq(1), Seq(4));
  script.shows(2300ms, 0, Cseq(1), Seq(4));
  const Timeline t = script.drawn();
  std::vector<std::string> ways;
  for (const Timeline::Step& step : t.steps) {
    if (step.about != "#4 shown") continue;
    ASSERT_TRUE(step.after.has_value());
    ways.push_back(t.lanes[t.steps[*step.after].lane].name + " to " + t.lanes[step.lane].name);
  }
  const std::vector<std::string> expected{"shard 0, home to device 32 of user 2", "shard 1 to device 16 of user 1"};
  EXPECT_EQ(ways, expected);
}

TEST(Timeline, WhoIsNotAtRestIsFoundInTheText) {
  Script script;
  for (std::uint32_t n = 1; n <= 9; ++n) {
    script.sends(n * 1s, Cseq(n));
    script.commits(n * 1s + 30ms, Cseq(n), Seq(n));
  }
  script.shows(5s, 1, Cseq(1), Seq(1));  // and not 2, which the picture is about, though eight are missing
  const Timeline t = script.drawn(check::Violation{
      .guarantee = check::Guarantee::G15_Liveness,
      .text = "not at rest in time:\n  device 32 room 1: cursor 1.1, the log is at 1.9, sync settled"});
  EXPECT_TRUE(contains(said(t, true), "device 32 of user 2: #2 not shown"));
  ASSERT_TRUE(t.end.lane.has_value());
  EXPECT_EQ(t.lanes[*t.end.lane].name, "device 32 of user 2");
}

TEST(Timeline, AfterARestartTheSameMayBeShownAgain) {
  Script script;
  script.sends(1s, Cseq(1));
  script.commits(1030ms, Cseq(1), Seq(1));
  script.recording.device(at(1s), 1, Step::What::Online);
  script.shows(2s, 1, Cseq(1), Seq(1));
  script.recording.device(at(3s), 1, Step::What::Gone);
  script.recording.device(at(4s), 1, Step::What::Started);
  script.recording.device(at(5s), 1, Step::What::Online);
  script.shows(6s, 1, Cseq(1), Seq(1));
  const Timeline t = script.drawn();
  EXPECT_TRUE(said(t, true).empty());
  const auto again = std::ranges::find(t.downs, 3'000.0, [](const Timeline::Down& down) { return down.span.from_ms; });
  ASSERT_NE(again, t.downs.end());
  EXPECT_EQ(again->span.to_ms, 5'000);
}

TEST(Timeline, ARecordedRunTakesTheSameCourse) {
  const Options options = swarm(17);
  Recording recording;
  const RunReport recorded = run(options, &recording);
  const RunReport alone = run(options);
  EXPECT_EQ(recorded.trace, alone.trace);
  EXPECT_EQ(recorded.inputs, alone.inputs);
  const Timeline t = timeline_of(recording, options, recorded);
  EXPECT_FALSE(t.steps.empty());
  EXPECT_EQ(t.faults.size(), options.schedule.size());
  for (std::size_t i = 0; i < t.steps.size(); ++i) {
    EXPECT_LT(t.steps[i].lane, t.lanes.size());
    EXPECT_LT(t.steps[i].message, t.messages.size());
    EXPECT_LE(t.steps[i == 0 ? 0 : i - 1].at_ms, t.steps[i].at_ms);
  }
}

}  // namespace
}  // namespace starling::sim
