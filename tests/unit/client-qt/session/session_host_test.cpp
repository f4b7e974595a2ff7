// A session against a server within the test.
#include "client-qt/session/session_host.h"

#include <gtest/gtest.h>

#include <QTemporaryDir>

#include "client-qt/account/server_address.h"
#include "common/wire/close_code.h"
#include "tests/unit/client-qt/support/fake_server.h"
#include "tests/unit/client-qt/support/log.h"
#include "tests/unit/client-qt/support/spin.h"

namespace starling::qt {
namespace {

using namespace testing;

/// One run of the program on the directory.
struct Client {
  Client(const FakeServer& server, const QString& path)
      : cache(path), api(QUrl(server.url()), &trust), host(*parse_server(server.url()), &api, &cache, &trust) {
    QObject::connect(&host, &SessionHost::queued, [this](const OutboxRow& row) { shown.push_back(row.send.body); });
    QObject::connect(&host, &SessionHost::signInNeeded, [this](const QString& code) { needed = code.toStdString(); });
    QObject::connect(&host, &SessionHost::refusal, [this](const RefusedRow& row) { refused.push_back(row.send.body); });
  }
  void open(const QByteArray& token = "token-1") {
    api.credentials().set_fixed_token(token);
    bool done = false;
    cache.open([&](const Result<Opened, CacheError>& opened) {
      host.restore(opened->snapshot);
      host.start();
      done = true;
    });
    EXPECT_TRUE(spin_until([&] { return done; }));
  }
  bool online() { return host.connection().phase == ConnectionState::Phase::Online; }
  bool room_there() { return host.engine().rooms().find(kRoom) != client::RoomTable::kNone; }

  Trust trust;
  Cache cache;
  Api api;
  SessionHost host;
  std::vector<std::string> shown;
  std::vector<std::string> refused;
  std::string needed;
};

class SessionHostTest : public ::testing::Test {
 protected:
  SessionHostTest() { server_.rooms[kRoom] = {.room = kRoom, .role = wire::Role::Owner, .title = "Birds"}; }
  Client run() { return Client(server_, dir_.filePath("a.db")); }
  std::vector<std::string> committed() {
    std::vector<std::string> out;
    for (const wire::Event& event : server_.logs[kRoom]) out.push_back(event.body);
    return out;
  }
  using Texts = std::vector<std::string>;

  QTemporaryDir dir_;
  FakeServer server_;
};

TEST_F(SessionHostTest, what_waits_at_the_end_of_a_run_is_sent_by_the_next_once_and_in_order) {
  server_.accepting = false;
  {
    Client first = run();
    first.open();
    ASSERT_TRUE(spin_until([&] { return first.online() && first.room_there(); }));
    for (const char* text : {"one", "two", "three"}) ASSERT_TRUE(first.host.send(kRoom, {.body = text}));
    ASSERT_TRUE(spin_until([&] { return first.shown.size() == 3; }));
  }
  server_.accepting = true;
  Client second = run();
  second.open();
  ASSERT_TRUE(spin_until([&] { return server_.logs[kRoom].size() >= 3 && second.host.waiting().size() == 0; }));
  EXPECT_EQ((Texts{"one", "two", "three"}), committed());
}

TEST_F(SessionHostTest, another_device_sends_what_the_first_left_but_not_what_the_log_has_from_it) {
  server_.accepting = false;
  {
    Client first = run();
    first.open();
    ASSERT_TRUE(spin_until([&] { return first.online() && first.room_there(); }));
    for (const char* text : {"one", "two", "three"}) ASSERT_TRUE(first.host.send(kRoom, {.body = text}));
    ASSERT_TRUE(spin_until([&] { return first.shown.size() == 3 && server_.sends.size() == 3; }));
  }
  // The first of them was committed, and its answer lost.
  const wire::Send one = server_.sends.at(0);
  server_.push({.room = kRoom,
                .sender = server_.user,
                .device = server_.device,
                .cseq = one.cseq,
                .client_msg_id = one.client_msg_id,
                .body = one.body});
  server_.device = DeviceId(71);
  server_.accepting = true;
  Client second = run();
  second.open("token-of-71");
  ASSERT_TRUE(spin_until([&] { return server_.logs[kRoom].size() >= 3 && second.host.waiting().size() == 0; }));
  EXPECT_EQ((Texts{"one", "two", "three"}), committed());
  EXPECT_EQ(DeviceId(71), second.host.engine().device());
}

TEST_F(SessionHostTest, a_refused_message_is_kept_with_its_words) {
  server_.refusal = wire::SendStatus::Forbidden;
  {
    Client first = run();
    first.open();
    ASSERT_TRUE(spin_until([&] { return first.online() && first.room_there(); }));
    ASSERT_TRUE(first.host.send(kRoom, {.body = "no"}));
    ASSERT_TRUE(spin_until([&] { return first.refused.size() == 1; }));
  }
  Client second = run();
  second.open();
  ASSERT_EQ(1u, second.host.refused().size());
  EXPECT_EQ("no", second.host.refused()[0].send.body);
}

TEST_F(SessionHostTest, an_expired_token_is_renewed_without_a_word_to_the_user) {
  server_.answers["POST /v1/refresh"] = [](const FakeRequest&) {
    return FakeAnswer{
        200, {{"user", "7"}, {"device", "70"}, {"handle", "ann"}, {"access_token", "token-2"}, {"refresh_token", "r"}}};
  };
  server_.refuse_with = wire::close_code::kTokenExpired;
  server_.refusals = 1;
  Client first = run();
  first.api.credentials().set_grant({.user = UserId(7),
                                     .device = DeviceId(70),
                                     .handle = "ann",
                                     .access_token = "token-1",
                                     .access_expires_ms = 0,
                                     .refresh_token = "r"});
  first.open({});
  ASSERT_TRUE(spin_until([&] { return first.online(); }));
  EXPECT_EQ((Texts{"token-1", "token-2"}), server_.tokens);
  EXPECT_EQ("", first.needed);
}

TEST_F(SessionHostTest, who_is_signed_out_is_told_and_keeps_what_waits) {
  server_.accepting = false;
  Client first = run();
  first.open();
  ASSERT_TRUE(spin_until([&] { return first.online() && first.room_there(); }));
  ASSERT_TRUE(first.host.send(kRoom, {.body = "later"}));
  ASSERT_TRUE(spin_until([&] { return first.shown.size() == 1; }));
  server_.refuse_with = wire::close_code::kUnauthorized;
  server_.refusals = 9;
  server_.drop(wire::close_code::kUnauthorized);
  ASSERT_TRUE(spin_until([&] { return first.needed == "signed_out"; }));
  EXPECT_EQ(1u, first.host.waiting().size());
  EXPECT_EQ(ConnectionState::Phase::Offline, first.host.connection().phase);
  EXPECT_FALSE(first.host.connection().reason.isEmpty());
}

TEST_F(SessionHostTest, a_connection_that_is_lost_names_the_next_attempt) {
  Client first = run();
  first.open();
  ASSERT_TRUE(spin_until([&] { return first.online(); }));
  server_.drop(wire::close_code::kDraining);
  ASSERT_TRUE(spin_until([&] { return first.host.connection().phase == ConnectionState::Phase::Waiting; }));
  EXPECT_EQ("The server is restarting.", first.host.connection().reason.toStdString());
  EXPECT_GT(first.host.connection().retry_at_ms, 0);
  first.host.retry_now();
  EXPECT_TRUE(spin_until([&] { return first.online(); }));
}

}  // namespace
}  // namespace starling::qt
