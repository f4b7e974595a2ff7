// The same log gives the same export, whatever store it is in.
#include "server/transfer/export.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <unistd.h>

#include <chrono>
#include <cstdio>
#include <filesystem>
#include <functional>
#include <string>
#include <thread>

#include "common/sqlite/sqlite.h"
#include "server/store/postgres/limits.h"
#include "server/store/postgres/retention.h"
#include "server/store/postgres/seed.h"
#include "server/store/sqlite/retention.h"
#include "server/store/sqlite/seed.h"
#include "tests/support/postgres/database.h"

namespace starling::integration {
namespace {

using testing::HasSubstr;

constexpr WallTime kSeeded = wall_from_ms(1'000'000);
constexpr WallTime kYoung = wall_from_ms(2'000'000);

/// What is exported, as `on_write` saw it come.
std::string written(
    const std::function<Result<transfer::ExportReport, std::string>(std::FILE*)>& write,
    std::function<void()> on_write = [] {}) {
  struct Cookie {
    std::string text;
    std::function<void()> on_write;
  } cookie{.text = {}, .on_write = std::move(on_write)};
  const auto take = [](void* to, const char* bytes, std::size_t size) -> ssize_t {
    auto& taking = *static_cast<Cookie*>(to);
    taking.on_write();
    taking.text.append(bytes, size);
    return static_cast<ssize_t>(size);
  };
  std::FILE* out = ::fopencookie(&cookie, "w", {.read = nullptr, .write = take, .seek = nullptr, .close = nullptr});
  std::setvbuf(out, nullptr, _IONBF, 0);
  const auto report = write(out);
  EXPECT_TRUE(report.has_value()) << report.error();
  std::fclose(out);
  return cookie.text;
}

/// Both stores with the same rows. Of SQL they differ in bytes, and in how a deletion keeps the hash of what it erased.
class PostgresExport : public testing::Test {
 protected:
  PostgresExport() {
    std::filesystem::create_directory(folder_);
    const store::SeedPlan plan{.users = 36, .rooms = 3, .members_per_room = 12, .seed = 3, .now = kSeeded};
    EXPECT_TRUE(postgres::seed(database_.conninfo(), plan));
    EXPECT_TRUE(store::seed(path_, plan));
  }
  ~PostgresExport() override { std::filesystem::remove_all(folder_); }

  void both(const std::string& sql) {
    database_.sql().run(sql);
    sqlite::Connection({.path = path_}).exec(sql.c_str());
  }
  void both_with_bytes(const std::string& sql, const std::string& hex) {
    database_.sql().run(fmt::format(fmt::runtime(sql), fmt::format("decode('{}', 'hex')", hex)));
    sqlite::Connection({.path = path_}).exec(fmt::format(fmt::runtime(sql), fmt::format("x'{}'", hex)).c_str());
  }
  /// Events of room 1, from one number to another, behind the twelve of a seeded room.
  void say(int first, int last, int kind, int target, const std::string& hex, std::int64_t erased_hash = 0) {
    const auto insert = [&](const char* erased, const std::string& body, const std::string& hash) {
      return fmt::format(
          "WITH RECURSIVE n(i) AS (SELECT {} UNION ALL SELECT i + 1 FROM n WHERE i < {}) INSERT INTO events (room_id, "
          "seq, "
          "epoch, kind, sender, device, cseq, client_msg_id, ts, msg_no, target, thread, subject, role, body, {}) "
          "SELECT 1, "
          "i, 1, {}, 7, -9223372036854775801, i - 12, -5, {} + i, i - 12, {}, {}, 0, 0, {}, {} FROM n",
          first, last, erased, kind, to_ms(kYoung), target, kind == 1 ? 13 : 0, body, hash);
    };
    database_.sql().run(insert("body_hash, erased", fmt::format("decode('{}', 'hex')", hex),
                               fmt::format("{}, {}", erased_hash, erased_hash != 0)));
    sqlite::Connection({.path = path_})
        .exec(insert("erased_hash", fmt::format("x'{}'", hex), std::to_string(erased_hash)).c_str());
  }

  void fill() {
    say(13, 2099, 1, 0, "68656c6c6f");  // more than are read at once
    say(2100, 2100, 2, 13, "22c3a4220a");
    say(2101, 2101, 1, 0, "ff00fe");
    say(2102, 2102, 1, 0, "", 0x123456789abcdef);
    both("UPDATE rooms SET head = 2102, msg_no = 2090, topic = 'a \"topic\"', is_public = TRUE WHERE room_id = 1");
    both(
        "INSERT INTO device_pos (room_id, device, last_cseq) VALUES (1, -9223372036854775801, 2090), (1, 3, 9), (2, 3, "
        "1)");
    both("INSERT INTO pins (room_id, seq, pin_seq) VALUES (1, 2000, 2100), (1, 1999, 2101)");
    both(
        "INSERT INTO read_marks (user_id, room_id, seq, msg_no) VALUES (7, 1, 20, 8), (3, 2, 1, 0), (3, 1, 15, 3), "
        "(-1, 1, 1, 0)");
    both("INSERT INTO created_rooms (device, request_id, room_id) VALUES (3, -7, 1), (2, 8, 1)");
    both("INSERT INTO direct_rooms (low_user, high_user, room_id) VALUES (3, 7, 2)");
    both(
        "UPDATE members SET muted = TRUE, banned = TRUE, leave_seq = 9, invited_by = 3, visible_from = 4 WHERE room_id "
        "= 2 AND join_seq > 6");
    both("UPDATE users SET items_version = 4294967300 WHERE user_id = 3");
    both_with_bytes(
        "INSERT INTO user_items (user_id, kind, key, version, value) VALUES (3, 1, 'b', 1, {0}), (3, 1, 'a', 2, {0})",
        "00ff");
    both(
        "INSERT INTO accounts (user_id, handle, display_name, avatar_color, status_text, password_hash, admin, "
        "disabled, created) "
        "VALUES (3, 'ada', 'Ada', '#112233', 'tea', 'secret', TRUE, TRUE, 5), (-3, 'bob', 'Bob', '#332211', '', "
        "'secret', FALSE, FALSE, 6)");
    both("INSERT INTO rooms (room_id, kind, title, epoch, head, msg_no, last_ts) VALUES (-5, 1, 'high', 1, 0, 0, 5)");
  }

  std::string of_sqlite(const std::vector<RoomId>& rooms = {}) {
    return written([&](std::FILE* out) { return transfer::export_sqlite(path_, plan_of(rooms), out); });
  }
  std::string of_postgres(const std::vector<RoomId>& rooms = {}, std::function<void()> on_write = [] {}) {
    return written([&](std::FILE* out) { return transfer::export_postgres(database_.conninfo(), plan_of(rooms), out); },
                   std::move(on_write));
  }
  std::string refused(const std::vector<RoomId>& rooms = {}) {
    std::FILE* nowhere = std::fopen("/dev/null", "w");
    const auto report = transfer::export_postgres(database_.conninfo(), plan_of(rooms), nowhere);
    std::fclose(nowhere);
    return report ? "" : report.error();
  }
  static transfer::ExportPlan plan_of(const std::vector<RoomId>& rooms) {
    return {.rooms = rooms, .now = kYoung, .program = "a test"};
  }

  support::Database database_;
  std::filesystem::path folder_ = testing::TempDir() + "starling-export-" + std::to_string(::getpid());
  std::string path_ = folder_ / "starling.db";
};

TEST_F(PostgresExport, IsThatOfSqliteByteForByte) {
  EXPECT_EQ(of_sqlite(), of_postgres());
  fill();
  const std::string all = of_postgres();
  EXPECT_EQ(of_sqlite(), all);
  for (const char* line :
       {R"("type":"user","user":"3","rooms_version":)", R"("handle":"ada")", R"("type":"user_items")",
        R"("type":"room","room":"18446744073709551611")", R"("type":"members")", R"("type":"device_pos")",
        R"("type":"read_marks")", R"("type":"created_rooms")", R"("type":"direct_rooms")", R"("type":"pins")",
        R"("body_hex":"ff00fe")", R"("erased_hash":"0123456789abcdef")", R"("type":"end")"}) {
    EXPECT_THAT(all, HasSubstr(line));
  }
  EXPECT_EQ(all.find("secret"), std::string::npos);
}

TEST_F(PostgresExport, OfSomeRoomsHasEachOnceAndWhoHasAWordInThem) {
  fill();
  const std::string some = of_postgres({RoomId(2), RoomId(1), RoomId(2)});
  EXPECT_EQ(of_sqlite({RoomId(2), RoomId(1), RoomId(2)}), some);
  EXPECT_EQ(of_postgres({RoomId(1), RoomId(2)}), some);
  EXPECT_THAT(some, HasSubstr("\"rooms\":2}\n"));
  EXPECT_EQ(some.find("user_items"), std::string::npos);
  EXPECT_THAT(refused({RoomId(1), RoomId(99)}), HasSubstr("there is no room 99: starlingctl room list"));
}

TEST_F(PostgresExport, OfACutLogGoesOnWithItsHash) {
  fill();
  const store::RetentionPlan cut{.older_than = kYoung};
  ASSERT_TRUE(postgres::cut_logs(database_.conninfo(), cut));
  ASSERT_TRUE(store::cut_logs(path_, cut));
  const std::string all = of_postgres();
  EXPECT_EQ(of_sqlite(), all);
  EXPECT_THAT(all, HasSubstr("\"base_hash\":"));
}

TEST_F(PostgresExport, IsOneMomentHoweverSlowlyItIsRead) {
  const std::string before = of_postgres();
  bool first = true;
  const std::string during = of_postgres({}, [&] {
    if (!std::exchange(first, false)) return;
    database_.sql().run("UPDATE rooms SET title = 'renamed'; DELETE FROM events; INSERT INTO users VALUES (99)");
    std::this_thread::sleep_for(std::chrono::milliseconds(postgres::limits::kIdleInTransactionTimeoutMs + 500));
  });
  EXPECT_EQ(during, before);
  EXPECT_FALSE(first);
}

TEST_F(PostgresExport, OfADamagedLogIsRefused) {
  database_.sql().run("DELETE FROM events WHERE room_id = 2 AND seq = 3");
  EXPECT_THAT(refused(), HasSubstr("room 2 is damaged: its log has no seq 3"));
  EXPECT_EQ(refused({RoomId(1)}), "");
  database_.sql().run("INSERT INTO checkpoints VALUES (1, 5, 4711)");
  EXPECT_THAT(refused({RoomId(1)}), HasSubstr("room 1 is damaged: its log is not what its checkpoints say"));
  database_.sql().run("UPDATE rooms SET head = 13 WHERE room_id = 3");
  EXPECT_THAT(refused({RoomId(3)}), HasSubstr("room 3 is damaged: its log ends at seq 12, its head is 13"));
}

}  // namespace
}  // namespace starling::integration
