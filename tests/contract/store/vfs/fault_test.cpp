// The store on a disk that fails: what is answered, and what a restart finds.
#include <gmock/gmock.h>

#include <atomic>
#include <chrono>
#include <future>
#include <memory>
#include <thread>

#include "server/store/sqlite/store.h"
#include "tests/contract/store/room_script.h"
#include "tests/contract/store/vfs/fault_vfs.h"

namespace starling::contract {
namespace {

using ports::StoreStatus;
using testing::HasSubstr;

class StoreFaults : public testing::Test {
 protected:
  void SetUp() override {
    start();
    ASSERT_EQ(run(group({kAda, kBob})).status, StoreStatus::Ok);
  }

  void start() {
    store_.reset();
    auto opened = store::Store::open(
        {.path = dir_.file("starling.db"), .readers = 1, .vfs = vfs_.name()},
        [this](ShardId, ports::StoreCompletion&& completion) { done_.set_value(std::move(completion)); });
    ASSERT_TRUE(opened.has_value()) << opened.error().text;
    store_ = std::move(*opened);
  }
  ports::StoreCompletion run(ports::StoreRequest request) {
    done_ = {};
    auto future = done_.get_future();
    store_->submit(ShardId(0), {.id = ++id_, .request = std::move(request)});
    return future.get();
  }
  ports::CommitRowResult send(std::uint32_t cseq) {
    const auto done = run(batch({row(kAda, cseq, body_)}));
    return done.status == StoreStatus::Ok ? std::get<ports::Committed>(done.result).results.at(0)
                                          : ports::CommitRowResult{.status = wire::SendStatus::Busy};
  }

  FaultVfs vfs_{"starling-faults"};
  TempDir dir_;
  std::promise<ports::StoreCompletion> done_;
  std::uint64_t id_ = 0;
  std::string body_ = std::string(4000, 'b');
  std::unique_ptr<store::Store> store_;
};

TEST_F(StoreFaults, AFailedFsyncStopsTheStoreAndAcknowledgesNothing) {
  const auto first = send(1);
  ASSERT_EQ(first.status, wire::SendStatus::Accepted);
  vfs_.fail_sync_at(1);
  const auto failed = run(batch({row(kAda, 2, body_)}));
  EXPECT_TRUE(failed.status == StoreStatus::Unknown || failed.status == StoreStatus::Stopped);
  EXPECT_EQ(std::get<ports::Committed>(failed.result).batch.rows.size(), 1u) << "the batch is given back";
  EXPECT_TRUE(store_->failed());
  EXPECT_FALSE(store_->healthy());
  EXPECT_THAT(store_->why(), HasSubstr("disk"));
  // Even when the disk is well again: what it holds is no longer known to this process.
  vfs_.heal();
  EXPECT_EQ(run(batch({row(kAda, 2, body_)})).status, StoreStatus::Stopped);
  EXPECT_EQ(run(ports::LoadRoom{kRoom}).status, StoreStatus::Stopped);

  start();
  const auto again = run(batch({row(kAda, 1, body_), row(kAda, 2, body_), row(kAda, 3, body_)}));
  const auto& results = std::get<ports::Committed>(again.result).results;
  EXPECT_EQ(results.at(0).status, wire::SendStatus::Duplicate);
  EXPECT_EQ(results.at(0).seq, first.seq);
  EXPECT_EQ(results.at(1).seq, first.seq.next()) << "found or appended, but once";
  EXPECT_EQ(results.at(2).seq, first.seq.next().next());
}

TEST_F(StoreFaults, AFullDiskTakesNothingLosesNothingAndRecoversByItself) {
  std::uint32_t acked = 0;
  vfs_.fill_after(100'000);
  while (acked < 200 && send(acked + 1).status == wire::SendStatus::Accepted) ++acked;
  ASSERT_GT(acked, 0u);
  ASSERT_LT(acked, 200u) << "the disk never filled up";
  const auto full = run(batch({row(kAda, acked + 1, body_)}));
  EXPECT_EQ(full.status, StoreStatus::Full);
  EXPECT_FALSE(store_->healthy());
  EXPECT_FALSE(store_->failed());
  EXPECT_THAT(store_->why(), HasSubstr("space"));
  const auto read = run(ports::LoadRoom{kRoom});
  EXPECT_EQ(read.status, StoreStatus::Ok) << "reading goes on";
  EXPECT_EQ(std::get<ports::RoomLoaded>(read.result).head, Seq(3 + acked));

  vfs_.heal();
  EXPECT_EQ(send(acked + 1).seq, Seq(3 + acked + 1));
  EXPECT_TRUE(store_->healthy());
  EXPECT_EQ(send(1).status, wire::SendStatus::Duplicate);
}

TEST_F(StoreFaults, SpaceThatReturnsIsNoticedWithoutASend) {
  vfs_.fill_after(0);
  std::uint32_t cseq = 1;
  while (cseq < 200 && send(cseq).status == wire::SendStatus::Accepted) ++cseq;
  ASSERT_FALSE(store_->healthy());
  vfs_.heal();
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(20);
  while (!store_->healthy() && std::chrono::steady_clock::now() < deadline) std::this_thread::yield();
  EXPECT_TRUE(store_->healthy());
}

TEST_F(StoreFaults, SlowSyncsGatherMoreRowsForOneTransaction) {
  vfs_.slow_syncs(std::chrono::milliseconds(20));
  store_.reset();
  constexpr std::uint32_t kBatches = 100;
  std::atomic<std::uint32_t> done = 0;
  std::promise<void> all;
  {
    auto opened = store::Store::open({.path = dir_.file("starling.db"), .readers = 1, .vfs = vfs_.name()},
                                     [&](ShardId, ports::StoreCompletion&& completion) {
                                       EXPECT_EQ(completion.status, StoreStatus::Ok);
                                       if (++done == kBatches) all.set_value();
                                     });
    ASSERT_TRUE(opened.has_value());
    for (std::uint32_t cseq = 1; cseq <= kBatches; ++cseq)
      (*opened)->submit(ShardId(0), {.id = cseq, .request = batch({row(kAda, cseq)})});
    all.get_future().wait();
    EXPECT_LT((*opened)->stats().transactions, kBatches / 4);
    EXPECT_EQ((*opened)->stats().rows_accepted, kBatches);
  }
}

TEST_F(StoreFaults, WhatIsSubmittedIsAnsweredBeforeTheStoreIsGone) {
  store_.reset();
  vfs_.slow_syncs(std::chrono::milliseconds(5));
  std::atomic<std::uint32_t> answered = 0;
  {
    auto opened = store::Store::open({.path = dir_.file("starling.db"), .readers = 1, .vfs = vfs_.name()},
                                     [&](ShardId, ports::StoreCompletion&&) { ++answered; });
    ASSERT_TRUE(opened.has_value());
    for (std::uint32_t cseq = 1; cseq <= 50; ++cseq)
      (*opened)->submit(ShardId(0), {.id = cseq, .request = batch({row(kAda, cseq)})});
    for (std::uint32_t n = 0; n < 50; ++n)
      (*opened)->submit(ShardId(0), {.id = 100 + n, .request = ports::LoadRoom{kRoom}});
  }
  EXPECT_EQ(answered, 100u);
  start();
  EXPECT_EQ(std::get<ports::RoomLoaded>(run(ports::LoadRoom{kRoom}).result).head, Seq(53));
}

}  // namespace
}  // namespace starling::contract
