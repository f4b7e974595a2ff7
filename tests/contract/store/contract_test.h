// The fixture of the contract: a room of three members on each implementation.
#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <vector>

#include "tests/contract/store/room_script.h"

namespace starling::contract {

class StoreContract : public testing::TestWithParam<Kind> {
 protected:
  void SetUp() override {
    subject_ = make_subject(GetParam());
    const auto made = subject_->get<ports::RoomMade>(group({kAda, kBob}));
    ASSERT_EQ(made.status, wire::CreateStatus::Created);
  }

  ports::Committed commit(std::vector<ports::CommitRow> rows, Epoch epoch = Epoch(1)) {
    return subject_->get<ports::Committed>(batch(std::move(rows), epoch));
  }
  /// One row's answer.
  ports::CommitRowResult send(ports::CommitRow row) { return commit({std::move(row)}).results.at(0); }
  std::vector<wire::SendStatus> statuses(std::vector<ports::CommitRow> rows) {
    std::vector<wire::SendStatus> found;
    for (const auto& result : commit(std::move(rows)).results) found.push_back(result.status);
    return found;
  }
  ports::RoomLoaded load(RoomId room = kRoom) { return subject_->get<ports::RoomLoaded>(ports::LoadRoom{room}); }
  ports::UserLoaded user(UserId user) { return subject_->get<ports::UserLoaded>(ports::LoadUser{user}); }
  Cseq counter(UserId user) {
    return subject_->get<ports::DeviceRead>(ports::ReadDevice{kRoom, device_of(user)}).last_cseq;
  }
  ports::PageRead page(ports::ReadPage request) {
    request.room = kRoom;
    if (request.limit == 0) request.limit = 100;
    if (request.bytes_max == 0) request.bytes_max = 1 << 20;
    return subject_->get<ports::PageRead>(request);
  }
  /// The whole log.
  std::vector<wire::Event> log() { return page({}).events; }

  std::unique_ptr<Subject> subject_;
};

#define STARLING_CONTRACT(suite)                                                                            \
  INSTANTIATE_TEST_SUITE_P(                                                                                 \
      Stores, suite,                                                                                        \
      testing::Values(Kind::Sqlite, Kind::Model, Kind::PostgresModel, Kind::Postgres, Kind::PostgresParts), \
      [](const auto& each) { return name_of(each.param); })

}  // namespace starling::contract
