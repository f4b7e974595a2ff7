#include "loadsim/check/sweep.h"

#include <gtest/gtest.h>

#include <functional>

namespace starling::check {
namespace {

using wire::EventKind;

const RoomId kRoom{5};
const UserId kUser{1};
const DeviceId kDevice{16};

wire::Event event(std::uint64_t seq, std::uint32_t cseq, EventKind kind = EventKind::Message) {
  return {.room = kRoom,
          .epoch = Epoch(1),
          .seq = Seq(seq),
          .kind = kind,
          .sender = kUser,
          .device = kDevice,
          .cseq = Cseq(cseq),
          .client_msg_id = ClientMsgId(1000 + seq),
          .body = "text " + std::to_string(seq)};
}

/// User 1 joins at seq 1, then sends seq 2 to 6 as cseq 1 to 5.
std::vector<wire::Event> good_log() {
  std::vector<wire::Event> log;
  log.push_back({.room = kRoom, .epoch = Epoch(1), .seq = Seq(1), .kind = EventKind::MemberAdd, .subject = kUser});
  for (std::uint32_t cseq = 1; cseq <= 5; ++cseq) log.push_back(event(cseq + 1, cseq));
  return log;
}

LedgerRoom ledger(const std::vector<wire::Event>& log) {
  LedgerRoom room{.room = kRoom, .epoch = Epoch(1), .head = log.back().seq};
  for (const wire::Event& each : log) room.events.push_back(ledger_event(each));
  room.devices.push_back({.device = kDevice, .last_cseq = Cseq(5)});
  return room;
}

/// A device that was shown `log` and had its five messages acknowledged.
struct Witness {
  EventNames names;
  Violations violations;
  DeviceWatch device{{.user = kUser, .device = kDevice, .sampled = true}, names, violations};

  explicit Witness(const std::vector<wire::Event>& log) {
    client::Output out;
    const wire::SyncedRoom answer{.room = kRoom,
                                  .status = wire::SyncStatus::Reset,
                                  .epoch = Epoch(1),
                                  .head = log.back().seq,
                                  .start = {.epoch = Epoch(1)}};
    out.notices.emplace_back(
        client::RoomReset{.answer = &answer, .reason = wire::ResetReason::NewDevice, .start = answer.start});
    out.notices.emplace_back(client::RoomSynced{.answer = &answer});
    for (const wire::Event& each : log) out.notices.emplace_back(client::Applied{.event = &each});
    for (std::uint32_t cseq = 1; cseq <= 5; ++cseq) {
      out.notices.emplace_back(
          client::Settled{.room = kRoom, .cseq = Cseq(cseq), .epoch = Epoch(1), .seq = Seq(cseq + 1)});
    }
    device.on_output(out);
  }
  std::string against(const LedgerRoom& room) {
    const RoomProof proof(room);
    proof.check_log(violations);
    proof.check_device(device, device.rooms().front(), true, violations);
    return violations.empty() ? "" : std::string(name_of(violations.kept().front().guarantee));
  }
};

TEST(Sweep, AnHonestRunPasses) {
  Witness run(good_log());
  EXPECT_EQ(run.against(ledger(good_log())), "");
}

TEST(Sweep, EachKindOfLieIsFound) {
  struct Case {
    const char* guarantee;
    std::function<void(std::vector<wire::Event>&)> lie;  // about the ledger
  };
  const Case cases[] = {
      {"G1", [](auto& log) { log.pop_back(); }},                               // an acknowledged event is gone
      {"G2", [](auto& log) { log.erase(log.begin() + 3); }},                   // a hole
      {"G2", [](auto& log) { log[3].body = "altered"; }},                      // another text under the same seq
      {"G3", [](auto& log) { log.push_back(event(7, 5)); }},                   // a cseq twice
      {"G3", [](auto& log) { log[4].client_msg_id = log[3].client_msg_id; }},  // a message twice
      {"G4", [](auto& log) { std::swap(log[3].cseq, log[4].cseq); }},          // out of the sender's order
      {"G9", [](auto& log) { log[0].subject = UserId(2); }},                   // sent by no member
      {"G10",
       [](auto& log) {
         log[2].kind = EventKind::Edit;
         log[2].target = Seq(9);
       }},
      {"G19", [](auto& log) { log[1].epoch = Epoch(2); }},
  };
  for (const Case& each : cases) {
    Witness run(good_log());
    std::vector<wire::Event> log = good_log();
    each.lie(log);
    EXPECT_EQ(run.against(ledger(log)), each.guarantee);
  }
}

TEST(Sweep, OnlyAClonedDeviceMayRepeatAMessageAfterTheLogWasPutBack) {
  std::vector<wire::Event> log = good_log();
  log[4].client_msg_id = log[3].client_msg_id;
  LedgerRoom room = ledger(log);
  room.devices[0].may_repeat = true;
  EXPECT_EQ(Witness(log).against(room), "");
}

TEST(SendWatch, AnswersBehindANumberAreCountedAlsoThoseThatCameEarly) {
  SendWatch watch;
  for (const std::uint32_t cseq : {1, 2, 4}) watch.answered(Cseq(cseq), Seq(cseq));
  const std::vector<std::uint32_t> counted{3, 3, 2, 1, 1, 0, 0};
  for (std::uint32_t from = 0; from < counted.size(); ++from) EXPECT_EQ(counted[from], watch.answers_from(Cseq(from)));
  EXPECT_EQ(0u, watch.answers_from(Cseq(1'000'000)));
}

TEST(DeviceWatch, ARaisedEpochSaysHowManyAnswersItTookBack) {
  Witness run(good_log());
  const wire::SyncedRoom anew{.room = kRoom,
                              .status = wire::SyncStatus::Reset,
                              .reason = wire::ResetReason::Epoch,
                              .epoch = Epoch(2),
                              .head = Seq(3),
                              .start = {.epoch = Epoch(2), .seq = Seq(3)},
                              .next_cseq = Cseq(3)};  // of five
  client::Output out;
  out.notices.emplace_back(client::RoomReset{.answer = &anew, .reason = wire::ResetReason::Epoch, .start = anew.start});
  run.device.on_output(out);
  EXPECT_EQ(3u, run.device.rolled_back());
  run.device.on_output(out);
  EXPECT_EQ(3u, run.device.rolled_back()) << "it is told twice";
  EXPECT_FALSE(run.device.find(kRoom)->all_answered(Cseq(5))) << "of five that are sent from 3 on";
}

TEST(DeviceWatch, ASecondResetIntoTheSameEpochDoesNotRestartTheNumbers) {
  Witness run(good_log());
  const wire::SyncedRoom again{.room = kRoom,
                               .status = wire::SyncStatus::Reset,
                               .reason = wire::ResetReason::Epoch,
                               .epoch = Epoch(1),
                               .head = Seq(6),
                               .start = {.epoch = Epoch(1), .seq = Seq(6)},
                               .next_cseq = Cseq(3)};  // from before what was sent since
  client::Output out;
  out.notices.emplace_back(
      client::RoomReset{.answer = &again, .reason = wire::ResetReason::Epoch, .start = again.start});
  out.notices.emplace_back(client::Settled{.room = kRoom, .cseq = Cseq(6), .epoch = Epoch(1), .seq = Seq(7)});
  run.device.on_output(out);
  EXPECT_TRUE(run.violations.empty());
}

/// Who has left the room is told of no other number: what waits goes under its own, and what was answered was answered.
TEST(DeviceWatch, WhatWasAnsweredBeforeTheLogWasPutBackIsAnswered) {
  Witness run(good_log());
  const auto refused = [&](std::uint32_t cseq) {
    client::Output out;
    out.notices.emplace_back(
        client::Settled{.room = kRoom, .cseq = Cseq(cseq), .status = wire::SendStatus::Forbidden, .epoch = Epoch(1)});
    run.device.on_output(out);
  };
  const WatchedRoom& room = *run.device.find(kRoom);
  refused(7);  // the answer to 6 was lost
  EXPECT_FALSE(room.all_answered(Cseq(7)));
  run.device.lost_by_policy(kRoom, Cseq(6));
  EXPECT_FALSE(room.all_answered(Cseq(7)));
  refused(6);
  EXPECT_TRUE(room.all_answered(Cseq(7)));
  EXPECT_FALSE(room.all_answered(Cseq(8)));
}

TEST(DeviceWatch, WhatIsNumberedAnewIsToBeAnsweredAnew) {
  Witness run(good_log());
  run.device.lost_by_policy(kRoom, Cseq(4));
  client::Output out;
  out.notices.emplace_back(client::Renumbered{.room = kRoom, .from = Cseq(6), .to = Cseq(4)});
  out.notices.emplace_back(client::Renumbered{.room = kRoom, .from = Cseq(7), .to = Cseq(5)});
  out.notices.emplace_back(client::Settled{.room = kRoom, .cseq = Cseq(4), .epoch = Epoch(2), .seq = Seq(5)});
  run.device.on_output(out);
  EXPECT_FALSE(run.device.find(kRoom)->all_answered(Cseq(5)));
}

TEST(DeviceWatch, APageThatWasAskedForInAnotherEpochOwesNothing) {
  Witness run(good_log());
  client::Output ask;
  ask.frames.emplace_back(wire::HistoryRequest{.request_id = 1, .room = kRoom});
  run.device.on_output(ask);
  const wire::SyncedRoom anew{
      .room = kRoom, .status = wire::SyncStatus::Live, .epoch = Epoch(2), .head = Seq(1), .start = {.epoch = Epoch(2)}};
  const wire::HistoryPage page{.request_id = 1, .room = kRoom, .epoch = Epoch(2), .head = Seq(1)};
  client::Output out;
  out.notices.emplace_back(client::RoomSynced{.answer = &anew});
  out.notices.emplace_back(client::PageRead{.page = &page});
  run.device.on_output(out);
  EXPECT_TRUE(run.violations.empty());
}

TEST(Sweep, ADeviceThatStoppedShortIsFoundAtRest) {
  std::vector<wire::Event> log = good_log();
  log.pop_back();
  Witness run(log);
  EXPECT_EQ(run.against(ledger(good_log())), "G7");
}

TEST(DeviceWatch, AHoleInWhatIsShownIsFoundAtOnce) {
  std::vector<wire::Event> log = good_log();
  log.erase(log.begin() + 2);
  Witness run(log);
  ASSERT_FALSE(run.violations.empty());
  EXPECT_EQ(run.violations.kept().front().guarantee, Guarantee::G2_TotalOrder);
  EXPECT_EQ(run.violations.kept().front().seq, Seq(4));
}

/// A file copied back: the log goes on in another epoch, and the application is not told.
TEST(DeviceWatch, ALaterEpochWithoutAResetIsFoundAtOnce) {
  Witness run(good_log());
  const wire::SyncedRoom answer{
      .room = kRoom, .status = wire::SyncStatus::Live, .epoch = Epoch(2), .head = Seq(1), .start = {.epoch = Epoch(2)}};
  wire::Event event = good_log().front();
  event.epoch = Epoch(2);
  client::Output out;
  out.notices.emplace_back(client::RoomSynced{.answer = &answer});
  out.notices.emplace_back(client::Applied{.event = &event});
  run.device.on_output(out);
  ASSERT_FALSE(run.violations.empty());
  EXPECT_EQ(run.violations.kept().front().guarantee, Guarantee::G19_HonestEpochs);
}

/// The copied-back file has another text under a seq, in the same epoch.
TEST(Sweep, WhatWasShownBeforeAFileWasCopiedBackCountsOnceTheServerHasComparedIt) {
  std::vector<wire::Event> log = good_log();
  log[3].body = "another text";
  Witness run(good_log());
  run.device.file_copied_back();
  EXPECT_EQ(run.against(ledger(log)), "");
  const wire::SyncedRoom heads{
      .room = kRoom, .status = wire::SyncStatus::Heads, .epoch = Epoch(1), .head = log.back().seq};
  const wire::SyncedRoom live{.room = kRoom,
                              .status = wire::SyncStatus::Live,
                              .epoch = Epoch(1),
                              .head = log.back().seq,
                              .start = {.epoch = Epoch(1), .seq = log.back().seq}};
  client::Output out;
  out.notices.emplace_back(client::RoomSynced{.answer = &heads});
  run.device.on_output(out);
  EXPECT_EQ(run.against(ledger(log)), "");
  out.notices.emplace_back(client::RoomSynced{.answer = &live});
  run.device.on_output(out);
  EXPECT_EQ(run.against(ledger(log)), "G2");
}

/// Seq 7 removes the user, seq 8 follows; then perhaps the user is added again.
std::vector<wire::Event> log_with_removal(bool added_again) {
  std::vector<wire::Event> log = good_log();
  const auto add = [&](EventKind kind, UserId subject) {
    log.push_back({.room = kRoom,
                   .epoch = Epoch(1),
                   .seq = log.back().seq.next(),
                   .kind = kind,
                   .sender = kUser,
                   .subject = subject});
  };
  add(EventKind::MemberRemove, kUser);
  add(EventKind::RoomTitle, UserId());
  if (added_again) add(EventKind::MemberAdd, kUser);
  return log;
}

TEST(Sweep, NothingMayBeShownAfterTheOwnRemoval) {
  Witness run(log_with_removal(false));
  EXPECT_EQ(run.against(ledger(log_with_removal(false))), "G9");
}

TEST(Sweep, WhoIsAddedAgainMayReadEverything) {
  Witness run(log_with_removal(true));
  EXPECT_EQ(run.against(ledger(log_with_removal(true))), "");
}

}  // namespace
}  // namespace starling::check
