// The rules that stand twice, in server/ports/authorize.h and in the migrations, say the same over all there is.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <string>

#include "server/ports/authorize.h"
#include "tests/support/postgres/database.h"

namespace starling::integration {
namespace {

constexpr int kRoles = 5;

class PostgresRules : public testing::TestWithParam<int> {
 protected:
  support::Database database_;
};

TEST_P(PostgresRules, WhoMayAppendIsOneRule) {
  const int kind = GetParam();
  const std::string found = database_.sql().run(fmt::format(
      "SELECT string_agg(may_append({}, f & 1 > 0, f & 2 > 0, sender, f & 4 > 0, f & 8 > 0, f & 16 > 0, f & 32 > 0, "
      "subject, "
      "f & 64 > 0, granted, f & 128 > 0, f & 256 > 0, f & 512 > 0)::integer::text, '' ORDER BY f, sender, subject, "
      "granted) "
      "FROM generate_series(0, 1023) AS f, generate_series(0, 4) AS sender, generate_series(0, 4) AS subject, "
      "generate_series(0, 4) AS granted",
      kind));
  std::string expected;
  for (unsigned flags = 0; flags < 1024; ++flags) {
    const auto flag = [flags](unsigned bit) { return (flags & bit) != 0; };
    for (int sender = 0; sender < kRoles; ++sender) {
      for (int subject = 0; subject < kRoles; ++subject) {
        for (int granted = 0; granted < kRoles; ++granted) {
          const ports::AppendRequest request{.kind = static_cast<wire::EventKind>(kind),
                                             .room_kind = flag(1) ? wire::RoomKind::Group : wire::RoomKind::Direct,
                                             .room_public = flag(2),
                                             .sender = {.role = static_cast<wire::Role>(sender),
                                                        .muted = flag(4),
                                                        .banned = flag(8),
                                                        .invited = flag(16)},
                                             .subject_is_sender = flag(32),
                                             .subject = {.role = static_cast<wire::Role>(subject), .banned = flag(64)},
                                             .granted = static_cast<wire::Role>(granted),
                                             .target_is_own = flag(128),
                                             .mentions_room = flag(256),
                                             .blocked = flag(512)};
          expected += ports::may_append(request) ? '1' : '0';
        }
      }
    }
  }
  EXPECT_EQ(found, expected);
}
INSTANTIATE_TEST_SUITE_P(Kinds, PostgresRules, testing::Range(1, static_cast<int>(wire::kLastEventKind) + 1));

TEST(PostgresLookRules, WhoMayLookIsOneRule) {
  support::Database database;
  for (int role = 0; role < kRoles; ++role) {
    for (unsigned flags = 0; flags < 16; ++flags) {
      ports::LookRequest request{
          .look = ports::Look::Room,
          .room_kind = (flags & 1) != 0 ? wire::RoomKind::Group : wire::RoomKind::Direct,
          .room_public = (flags & 2) != 0,
          .caller = {.role = static_cast<wire::Role>(role), .banned = (flags & 4) != 0, .invited = (flags & 8) != 0}};
      const auto says = [&](const std::string& call) { return database.sql().run("SELECT " + call) == "t"; };
      EXPECT_EQ(says(fmt::format("may_see_room({}, {}, {}, {})", request.room_public, role, request.caller.banned,
                                 request.caller.invited)),
                ports::may_look(request));
      request.look = ports::Look::Links;
      EXPECT_EQ(says(fmt::format("may_manage_links({}, {})", static_cast<int>(request.room_kind), role)),
                ports::may_look(request));
    }
  }
}

}  // namespace
}  // namespace starling::integration
