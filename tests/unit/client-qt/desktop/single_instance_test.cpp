// A second start on the same data shows the first one's window.
#include "client-qt/desktop/single_instance.h"

#include <gtest/gtest.h>

#include <QFile>
#include <QTemporaryDir>

#include "tests/unit/client-qt/support/spin.h"

namespace starling::qt {
namespace {

using namespace testing;

TEST(SingleInstance, a_second_start_asks_the_first_to_show_itself_and_another_directory_is_another_matter) {
  const QTemporaryDir dir;
  const QTemporaryDir other;
  SingleInstance first(dir.path());
  int wanted = 0;
  QObject::connect(&first, &SingleInstance::wanted, [&] { ++wanted; });
  EXPECT_TRUE(first.claim());
  EXPECT_FALSE(SingleInstance(dir.path()).claim());
  EXPECT_TRUE(spin_until([&] { return wanted == 1; }));
  EXPECT_TRUE(SingleInstance(other.path()).claim());
  EXPECT_EQ(1, wanted);
}

TEST(SingleInstance, one_that_ended_or_was_killed_is_in_nobodys_way) {
  const QTemporaryDir dir;
  EXPECT_TRUE(SingleInstance(dir.path()).claim());
  QFile left(dir.filePath("running"));  // as a killed one leaves its socket: nobody listens
  ASSERT_TRUE(left.open(QIODevice::WriteOnly));
  left.close();
  SingleInstance next(dir.path());
  EXPECT_TRUE(next.claim());
  EXPECT_FALSE(SingleInstance(dir.path()).claim());
}

}  // namespace
}  // namespace starling::qt
