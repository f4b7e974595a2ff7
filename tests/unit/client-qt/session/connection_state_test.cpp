#include "client-qt/session/connection_state.h"

#include <gtest/gtest.h>

#include <set>

#include "common/wire/close_code.h"

namespace starling::qt {
namespace {

TEST(ConnectionWords, every_close_code_has_words_of_its_own) {
  namespace codes = wire::close_code;
  std::set<QString> all;
  for (const std::uint16_t code : {codes::kUnauthorized, codes::kTokenExpired, codes::kFenced, codes::kSlowReader,
                                   codes::kDraining, codes::kOverloaded, codes::kVersion, codes::kProtocolError}) {
    all.insert(close_reason(code, {}));
  }
  EXPECT_EQ(8u, all.size());
  EXPECT_EQ("The server is restarting.", close_reason(codes::kDraining, "x").toStdString());
}

TEST(ConnectionWords, without_a_code_the_transport_says_why) {
  EXPECT_EQ("Nothing listens.", close_reason(0, "Nothing listens.").toStdString());
  EXPECT_EQ("The connection was lost.", close_reason(0, {}).toStdString());
}

TEST(ConnectionWords, every_end_says_what_to_do) {
  std::set<QString> all;
  for (int reason = 1; reason <= 6; ++reason) all.insert(fatal_reason(static_cast<client::FatalReason>(reason)));
  EXPECT_EQ(6u, all.size());
  EXPECT_FALSE(all.contains(QString()));
}

}  // namespace
}  // namespace starling::qt
