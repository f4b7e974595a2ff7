#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <utility>

#include "tests/contract/directory/subject.h"

namespace starling::contract {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::IsEmpty;

constexpr RoomId kRoom{7};
constexpr RoomId kOther{8};
constexpr Epoch kEpoch{1};
/// Of one node each.
constexpr ShardId kHome{0};
constexpr ShardId kNextHome{2};

class Directory : public testing::TestWithParam<DirectoryKind> {
 protected:
  static constexpr ports::TailLimits kLimits{.events_max = 6, .bytes_max = 4000, .life = 30s};

  static wire::Event event(std::uint64_t seq, std::string body = "hello") {
    return {.room = kRoom,
            .epoch = kEpoch,
            .seq = Seq(seq),
            .sender = UserId(1),
            .device = DeviceId(16),
            .cseq = Cseq(static_cast<std::uint32_t>(seq)),
            .ts = wall_from_ms(1000),
            .msg_no = seq,
            .body = std::move(body)};
  }
  void append(std::uint64_t first, std::uint64_t last, Epoch epoch = kEpoch, ShardId by = kHome, RoomId room = kRoom) {
    ports::AppendTail request{.room = room, .epoch = epoch};
    for (std::uint64_t seq = first; seq <= last; ++seq) request.events.push_back(event(seq));
    for (wire::Event& each : request.events) each.room = room;
    subject_->write(by, std::move(request));
  }
  std::vector<wire::Event> read(std::uint64_t after, Epoch epoch = kEpoch, RoomId room = kRoom) {
    return subject_->read(kNextHome, {.room = room, .epoch = epoch, .after = Seq(after)});
  }
  std::vector<std::uint64_t> seqs(std::uint64_t after, Epoch epoch = kEpoch, RoomId room = kRoom) {
    std::vector<std::uint64_t> found;
    for (const wire::Event& each : read(after, epoch, room)) found.push_back(each.seq.value);
    return found;
  }

  std::unique_ptr<DirectorySubject> subject_ = make_directory(GetParam(), kLimits);
};
INSTANTIATE_TEST_SUITE_P(Directories, Directory, testing::Values(DirectoryKind::Model, DirectoryKind::Redis),
                         [](const auto& each) { return name_of(each.param); });

TEST_P(Directory, WhatOneNodeAppendsAnotherReadsAsItWas) {
  append(3, 5);
  EXPECT_THAT(read(3), ElementsAre(event(4), event(5)));
}

TEST_P(Directory, NothingIsAMiss) {
  EXPECT_THAT(seqs(0), IsEmpty());
  append(3, 5);
  EXPECT_THAT(seqs(5), IsEmpty());
  EXPECT_THAT(seqs(9), IsEmpty());
  EXPECT_THAT(seqs(2, kEpoch, kOther), IsEmpty());
}

TEST_P(Directory, AnAnswerThatWouldNotBeginWithTheNextOneIsAMiss) {
  append(3, 5);
  EXPECT_THAT(seqs(2), ElementsAre(3, 4, 5));
  EXPECT_THAT(seqs(1), IsEmpty());
}

TEST_P(Directory, WhatGoesOnIsAppended) {
  append(3, 4);
  append(5, 5);
  append(6, 7, kEpoch, kNextHome);
  EXPECT_THAT(seqs(2), ElementsAre(3, 4, 5, 6, 7));
}

TEST_P(Directory, AHoleDeletesTheRoomAndTheNextAppendBeginsAnew) {
  append(3, 4);
  append(6, 6);
  EXPECT_THAT(seqs(2), IsEmpty());
  EXPECT_THAT(seqs(5), IsEmpty());
  append(7, 8);
  EXPECT_THAT(seqs(6), ElementsAre(7, 8));
}

TEST_P(Directory, WhatIsOlderOrComesTwiceDeletesTheRoom) {
  append(3, 6);
  append(5, 5, kEpoch, kNextHome);
  EXPECT_THAT(seqs(2), IsEmpty());
  append(3, 6);
  append(3, 6);
  EXPECT_THAT(seqs(2), IsEmpty());
}

TEST_P(Directory, AnotherEpochDeletesTheRoom) {
  append(3, 4);
  append(5, 5, Epoch(2));
  EXPECT_THAT(seqs(2), IsEmpty());
  EXPECT_THAT(seqs(4, Epoch(2)), IsEmpty());
  append(6, 6, Epoch(2));
  EXPECT_THAT(seqs(5, Epoch(2)), ElementsAre(6));
  EXPECT_THAT(seqs(5), IsEmpty()) << "who reads in another epoch";
}

TEST_P(Directory, AHoleInOneRoomIsNoneInAnother) {
  append(3, 4);
  append(1, 2, kEpoch, kHome, kOther);
  append(9, 9);
  EXPECT_THAT(seqs(0, kEpoch, kOther), ElementsAre(1, 2));
}

TEST_P(Directory, WhatIsForgottenIsGone) {
  append(3, 4);
  subject_->write(kHome, ports::ForgetTail{.room = kRoom});
  EXPECT_THAT(seqs(2), IsEmpty());
  append(6, 6);
  EXPECT_THAT(seqs(5), ElementsAre(6));
}

TEST_P(Directory, TheOldestMakeRoomForTheNewest) {
  append(1, 6);
  EXPECT_THAT(seqs(0), ElementsAre(1, 2, 3, 4, 5, 6)) << "at the limit";
  append(7, 7);
  EXPECT_THAT(seqs(0), IsEmpty()) << "one beyond";
  EXPECT_THAT(seqs(1), ElementsAre(2, 3, 4, 5, 6, 7));
}

TEST_P(Directory, AnEventThatIsTooLargeLeavesNothing) {
  append(1, 2);
  subject_->write(kHome,
                  ports::AppendTail{.room = kRoom, .epoch = kEpoch, .events = {event(3, std::string(5000, 'x'))}});
  EXPECT_THAT(seqs(0), IsEmpty());
  EXPECT_THAT(seqs(2), IsEmpty());
}

TEST_P(Directory, AllOfARoomExpiresAWhileAfterTheLastAppend) {
  append(3, 4);
  subject_->pass(20s);
  append(5, 5);
  subject_->pass(20s);
  EXPECT_THAT(seqs(2), ElementsAre(3, 4, 5));
  subject_->pass(10s);
  EXPECT_THAT(seqs(2), IsEmpty());
  append(7, 7);
  EXPECT_THAT(seqs(6), ElementsAre(7));
}

TEST_P(Directory, AfterAFlushItBeginsAnew) {
  append(3, 4);
  subject_->flush();
  EXPECT_THAT(seqs(2), IsEmpty());
  append(5, 5);
  EXPECT_THAT(seqs(4), ElementsAre(5));
}

}  // namespace
}  // namespace starling::contract
