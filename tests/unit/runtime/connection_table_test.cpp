#include "server/runtime/connection_table.h"

#include <gtest/gtest.h>

namespace starling::runtime {
namespace {

TEST(ConnectionTable, AHandleOfAnEarlierUseIsStale) {
  ConnectionTable table;
  const ConnId first = table.open(10).id;
  table.release(*table.find(first));
  EXPECT_EQ(table.find(first), nullptr);
  const ConnId second = table.open(11).id;
  EXPECT_EQ(second.index, first.index);
  EXPECT_NE(second.generation, first.generation);
  EXPECT_EQ(table.find(second)->fd, 11);
  EXPECT_EQ(table.find(first), nullptr);
}

TEST(ConnectionTable, IndicesAreDenseAndReferencesSurviveGrowth) {
  ConnectionTable table;
  Connection& first = table.open(1);
  for (std::uint32_t i = 1; i < 1000; ++i) EXPECT_EQ(table.open(static_cast<int>(i)).id.index, i);
  EXPECT_EQ(table.find({0, 1}), &first);
  EXPECT_EQ(table.size(), 1000u);
}

TEST(ConnectionTable, AnIndexNeverGivenOutIsStale) {
  ConnectionTable table;
  EXPECT_EQ(table.find({5, 1}), nullptr);
  table.open(1);
  EXPECT_EQ(table.find({5, 1}), nullptr);
  EXPECT_EQ(table.find({5000, 1}), nullptr);
}

}  // namespace
}  // namespace starling::runtime
