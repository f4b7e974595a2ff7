#include "client-qt/text/words.h"

#include <gtest/gtest.h>

#include <QDateTime>

namespace starling::qt {
namespace {

TEST(Words, initials_are_the_first_and_the_last) {
  EXPECT_EQ("AB", initials_of(QStringLiteral("ann maria berg")).toStdString());
  EXPECT_EQ("A", initials_of(QStringLiteral("Ann")).toStdString());
  EXPECT_EQ("", initials_of(QString()).toStdString());
}

TEST(Words, who_is_typing) {
  EXPECT_EQ("", typing_text({}).toStdString());
  EXPECT_EQ("Ann is typing", typing_text({"Ann"}).toStdString());
  EXPECT_EQ("Ann and Bo are typing", typing_text({"Ann", "Bo"}).toStdString());
  EXPECT_EQ("Ann, Bo and 2 others are typing", typing_text({"Ann", "Bo", "Cy", "Di"}).toStdString());
}

TEST(Words, days_are_named_from_today) {
  const qint64 now = QDateTime(QDate(2024, 5, 15), QTime(12, 0)).toMSecsSinceEpoch();
  const auto on = [&](int y, int m, int d) {
    return day_text(QDateTime(QDate(y, m, d), QTime(23, 0)).toMSecsSinceEpoch(), now).toStdString();
  };
  EXPECT_EQ("Today", on(2024, 5, 15));
  EXPECT_EQ("Yesterday", on(2024, 5, 14));
  EXPECT_NE(std::string::npos, on(2024, 1, 3).find("3 "));
  EXPECT_NE(std::string::npos, on(2023, 1, 3).find("2023"));
}

TEST(Words, a_colour_is_always_the_same) {
  EXPECT_EQ(color_of(7), color_of(7));
  EXPECT_TRUE(color_of(8).startsWith(QLatin1Char('#')));
}

}  // namespace
}  // namespace starling::qt
