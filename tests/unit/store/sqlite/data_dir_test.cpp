#include "server/store/sqlite/data_dir.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <optional>

namespace starling::store {
namespace {

class DataDirTest : public testing::Test {
 protected:
  DataDirTest() {
    std::string name = (std::filesystem::temp_directory_path() / "starling-test-XXXXXX").string();
    EXPECT_NE(::mkdtemp(name.data()), nullptr);
    root_ = name;
  }
  ~DataDirTest() override { std::filesystem::remove_all(root_); }

  std::filesystem::path root_;
};

TEST_F(DataDirTest, IsMadeForItsOwnerOnly) {
  const std::string path = (root_ / "a" / "b").string();
  ASSERT_TRUE(DataDir::open(path).has_value());
  struct stat status{};
  ASSERT_EQ(::stat(path.c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777, 0700u);
}

TEST_F(DataDirTest, IsHeldByOneAtATime) {
  const std::string path = (root_ / "data").string();
  auto first = DataDir::open(path);
  ASSERT_TRUE(first.has_value());
  auto second = DataDir::open(path);
  ASSERT_FALSE(second.has_value());
  EXPECT_THAT(second.error(), testing::HasSubstr("another starlingd"));
  {
    const DataDir moved_and_gone = std::move(*first);
  }
  EXPECT_TRUE(DataDir::open(path).has_value());
}

TEST_F(DataDirTest, AFileInTheWayIsNamed) {
  std::ofstream(root_ / "file") << "x";
  const auto refused = DataDir::open((root_ / "file").string());
  ASSERT_FALSE(refused.has_value());
  EXPECT_THAT(refused.error(), testing::AllOf(testing::HasSubstr("file"), testing::HasSubstr("server.data_dir")));
}

}  // namespace
}  // namespace starling::store
