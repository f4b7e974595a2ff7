#include "client-qt/models/rows_model.h"

#include <gtest/gtest.h>

#include <QAbstractItemModelTester>

#include "client-qt/models/quick_switcher_model.h"

namespace starling::qt {
namespace {

TEST(RowsModel, rows_are_put_changed_and_removed_by_their_key) {
  RowsModel model({"id", "name"}, "id");
  QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::Fatal);
  model.set_rows({{{"id", 1}, {"name", "a"}}, {{"id", 2}, {"name", "b"}}});
  model.put({{"id", 2}, {"name", "B"}});
  model.put({{"id", 3}, {"name", "c"}});
  model.remove(1);
  ASSERT_EQ(2, model.count());
  EXPECT_EQ("B", model.get(0).value("name").toString().toStdString());
  EXPECT_EQ("c", model.data(model.index(1), Qt::UserRole + 1).toString().toStdString());
  EXPECT_EQ(-1, model.find(1));
  EXPECT_TRUE(model.get(9).isEmpty());
}

TEST(QuickSwitcher, a_prefix_beats_a_word_beats_a_part_beats_letters_in_order) {
  EXPECT_GT(match_score("Birds", "bi"), match_score("Big birds", "bird"));
  EXPECT_GT(match_score("Big birds", "bird"), match_score("Blackbirds", "bird"));
  EXPECT_GT(match_score("Blackbirds", "bird"), match_score("Bold iron rods", "bird"));
  EXPECT_EQ(-1, match_score("Birds", "fish"));
}

}  // namespace
}  // namespace starling::qt
