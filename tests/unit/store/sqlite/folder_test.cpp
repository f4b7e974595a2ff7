#include "server/store/sqlite/folder.h"

#include <gmock/gmock.h>

#include <cerrno>

#include "tests/unit/store/sqlite/temp_database.h"

namespace starling::store {
namespace {

namespace fs = std::filesystem;

TEST(Folder, IsMadeWithAllAboveItForItsOwnerOnly) {
  const TempDatabase temp;
  const std::string deep = temp.file("a/b/c/");
  ASSERT_TRUE(make_folder(deep).has_value());
  for (const char* name : {"a", "a/b", "a/b/c"}) {
    EXPECT_EQ(fs::status(temp.file(name)).permissions(), fs::perms::owner_all) << name;
  }
  EXPECT_TRUE(make_folder(deep).has_value()) << "one that is there is good";
}

TEST(Folder, ThatExistsKeepsItsMode) {
  const TempDatabase temp;
  fs::create_directory(temp.file("shared"));
  fs::permissions(temp.file("shared"), fs::perms::owner_all | fs::perms::group_read);
  ASSERT_TRUE(make_folder(temp.file("shared")).has_value());
  EXPECT_EQ(fs::status(temp.file("shared")).permissions(), fs::perms::owner_all | fs::perms::group_read);
}

TEST(Folder, BelowAFileIsAnError) {
  const TempDatabase temp;
  TempDatabase::put_bytes(temp.file("file"), "x");
  EXPECT_THAT(make_folder(temp.file("file/below")).error(), testing::HasSubstr("Not a directory"));
}

TEST(Folder, ThatIsNotThereIsNotSynced) {
  const TempDatabase temp;
  EXPECT_TRUE(sync_folder(temp.file(".")));
  EXPECT_FALSE(sync_folder(temp.file("nowhere")));
  EXPECT_EQ(errno, ENOENT);
}

TEST(Folder, OfABareNameIsTheCurrentOne) {
  EXPECT_EQ(folder_of("starling.db"), ".");
  EXPECT_EQ(folder_of("/srv/chat/starling.db"), "/srv/chat");
}

TEST(PrivateFile, IsMadeOnceAndClosedToOthersWithoutTouchingWhatItHolds) {
  const TempDatabase temp;
  ASSERT_TRUE(make_private(temp.path()).has_value());
  EXPECT_EQ(fs::status(temp.path()).permissions(), fs::perms::owner_read | fs::perms::owner_write);
  TempDatabase::put_bytes(temp.path(), "kept");
  fs::permissions(temp.path(), fs::perms::owner_read | fs::perms::owner_write | fs::perms::others_read);
  ASSERT_TRUE(make_private(temp.path()).has_value());
  EXPECT_EQ(fs::status(temp.path()).permissions(), fs::perms::owner_read | fs::perms::owner_write);
  EXPECT_EQ(TempDatabase::bytes(temp.path()), "kept");
  EXPECT_TRUE(keep_private(temp.file("nowhere")).has_value()) << "nothing there, nothing to close";
}

}  // namespace
}  // namespace starling::store
