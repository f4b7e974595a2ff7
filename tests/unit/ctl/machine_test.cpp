#include "server/ctl/machine.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include "server/store/sqlite/data_dir.h"
#include "tests/unit/store/sqlite/temp_database.h"

namespace starling::ctl {
namespace {

TEST(Machine, TheHolderOfADataDirectoryIsFoundByItsLock) {
  const store::TempDatabase place;
  const std::string dir = place.file("data");
  EXPECT_EQ(0, descriptors(dir).server) << "nobody holds it";
  const auto lock = store::DataDir::open(dir);
  ASSERT_TRUE(lock.has_value());
  const Descriptors found = descriptors(dir);
  EXPECT_EQ(::getpid(), found.server);
  EXPECT_GE(found.hard, found.soft);
  EXPECT_GT(found.soft, 0u);
}

TEST(Machine, WhatIsNotThereIsSaidToBe) {
  EXPECT_EQ(std::nullopt, sysctl("no/such/thing"));
  EXPECT_FALSE(ownership("/nowhere/at/all").exists);
  EXPECT_FALSE(certificate("/nowhere", "/nowhere").readable);
  EXPECT_EQ(std::nullopt, sync_latency("/nowhere"));
  EXPECT_EQ(Port::NoAddress, port_state("203.0.113.7", 80));
  EXPECT_EQ(Port::NoAddress, port_state("localhost", 80));
}

TEST(Machine, MeasuringADiskLeavesNothing) {
  const store::TempDatabase place;
  const std::string folder = std::filesystem::path(place.path()).parent_path().string();
  EXPECT_TRUE(sync_latency(folder).has_value());
  EXPECT_TRUE(std::filesystem::is_empty(folder));
  EXPECT_EQ(0700u, ownership(folder).mode);
  EXPECT_GT(memory().total, memory().available);
}

}  // namespace
}  // namespace starling::ctl
