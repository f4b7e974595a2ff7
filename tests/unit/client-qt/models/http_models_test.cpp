// The models that ask over HTTP.
#include <QJsonArray>

#include "tests/unit/client-qt/support/world.h"

namespace starling::qt {
namespace {

using namespace testing;

QJsonObject profile(const char* user, const char* handle, const char* name) {
  return {
      {"user", user}, {"handle", handle}, {"display_name", name}, {"avatar_color", "#112233"}, {"status_text", "s"}};
}

class HttpModelsTest : public World {
 protected:
  void answer(const char* what, QJsonObject body, int status = 200) {
    server_.answers[what] = [=](const FakeRequest&) { return FakeAnswer{status, body}; };
  }
  std::string last_path(const char* prefix) {
    std::string found;
    for (const FakeRequest& request : server_.requests) {
      if (request.path.startsWith(prefix)) found = request.path.toStdString();
    }
    return found;
  }
};

TEST_F(HttpModelsTest, names_that_are_missed_are_asked_for_once_together_and_kept) {
  answer("GET /v1/users", {{"users", QJsonArray{profile("8", "ann", "Ann Berg"), profile("9", "bo", "Bo")}}});
  go_online();
  say(kAnn, "hi <@9>");
  open_room();
  ASSERT_TRUE(spin_until([&] {
    return timeline().count() == 1 && role(0, TimelineModel::SenderNameRole).toString() == "Ann Berg" &&
           role(0, TimelineModel::HtmlRole).toString().contains("@Bo");
  }));
  EXPECT_EQ("AB", role(0, TimelineModel::SenderInitialsRole).toString().toStdString());
  close();
  server_.answers.clear();
  start();
  EXPECT_EQ("Ann Berg", session().directory().name(kAnn).toStdString());
}

TEST_F(HttpModelsTest, people_are_found_by_what_is_typed) {
  answer("GET /v1/users", {{"users", QJsonArray{profile("8", "ann", "Ann Berg")}}});
  go_online();
  session().people()->setQuery(QStringLiteral("an&n"));
  ASSERT_TRUE(spin_until([&] { return session().people()->count() == 1; }));
  EXPECT_NE(std::string::npos, last_path("/v1/users?limit").find("query=an%26n"));
  session().people()->setQuery({});
  EXPECT_EQ(0, session().people()->count());
}

TEST_F(HttpModelsTest, a_search_for_people_that_failed_says_so_and_is_tried_again) {
  answer("GET /v1/users", {{"error", QJsonObject{{"code", "busy"}, {"message", "Try again in a moment."}}}}, 503);
  go_online();
  PeopleModel& people = *session().people();
  people.setQuery(QStringLiteral("ann"));
  ASSERT_TRUE(spin_until([&] { return people.error() == "Try again in a moment."; }));
  answer("GET /v1/users", {{"users", QJsonArray{profile("8", "ann", "Ann Berg")}}});
  ASSERT_TRUE(spin_until([&] { return people.count() == 1; }));
  EXPECT_EQ("", people.error().toStdString());
}

TEST_F(HttpModelsTest, members_come_in_pages) {
  server_.answers["GET /v1/rooms/16/members"] = [](const FakeRequest& request) {
    QJsonObject one = profile("8", "ann", "Ann");
    one.insert("role", "moderator");
    QJsonObject two = profile("9", "bo", "Bo");
    two.insert("muted", true);
    if (request.path.contains("after=8")) return FakeAnswer{200, {{"members", QJsonArray{two}}}};
    return FakeAnswer{200, {{"members", QJsonArray{one}}, {"next", "8"}}};
  };
  go_online();
  MemberModel& members = *open_room().members();
  ASSERT_TRUE(spin_until([&] { return members.count() == 1 && members.hasMore(); }));
  members.fetchMore();
  ASSERT_TRUE(spin_until([&] { return members.count() == 2 && !members.hasMore(); }));
  EXPECT_EQ("moderator", members.get(0).value("role").toString().toStdString());
  EXPECT_TRUE(members.get(1).value("muted").toBool());
}

TEST_F(HttpModelsTest, search_hits_are_marked_and_escaped) {
  answer("GET /v1/search", {{"hits", QJsonArray{QJsonObject{{"room", "16"},
                                                            {"seq", "5"},
                                                            {"sender", "8"},
                                                            {"ts_ms", 1000},
                                                            {"text", "a <bird>"},
                                                            {"spans", QJsonArray{QJsonArray{3, 7}}}}}}});
  go_online();
  session().search()->setQuery(QStringLiteral("bird"));
  session().search()->setRoomId(QStringLiteral("16"));
  ASSERT_TRUE(spin_until([&] { return session().search()->count() == 1; }));
  const QVariantMap hit = session().search()->get(0);
  EXPECT_EQ("a &lt;<b>bird</b>&gt;", hit.value("html").toString().toStdString());
  EXPECT_EQ(5, hit.value("seq").toInt());
  EXPECT_EQ("Birds", hit.value("roomTitle").toString().toStdString());
  EXPECT_NE(std::string::npos, last_path("/v1/search").find("room=16"));
}

TEST_F(HttpModelsTest, a_search_that_fails_says_why) {
  answer("GET /v1/search", {{"error", QJsonObject{{"code", "throttled"}, {"message", "Too many questions."}}}}, 429);
  go_online();
  session().search()->setQuery(QStringLiteral("bird"));
  ASSERT_TRUE(spin_until([&] { return session().search()->error() == "Too many questions."; }));
  EXPECT_FALSE(session().search()->busy());
}

TEST_F(HttpModelsTest, a_rooms_own_page_is_read_when_it_opens) {
  answer("GET /v1/rooms/16", {{"room", "16"},
                              {"topic", "Feathers"},
                              {"visibility", "public"},
                              {"history", "joined"},
                              {"members", 12},
                              {"pins", QJsonArray{1}}});
  say(kAnn, "pinned");
  go_online();
  Room& room = open_room();
  ASSERT_TRUE(spin_until([&] { return room.topic() == "Feathers" && timeline().count() == 1; }));
  EXPECT_EQ("public", room.visibility().toStdString());
  EXPECT_EQ("joined", room.history().toStdString());
  EXPECT_EQ(12, room.memberCount());
  EXPECT_TRUE(role(0, TimelineModel::PinnedRole).toBool());
  EXPECT_EQ(1, room.pins()->count());
}

TEST_F(HttpModelsTest, the_account_is_read_and_saved) {
  QJsonObject me = profile("7", "me", "Me");
  me.insert("totp", true);
  answer("GET /v1/me", me);
  answer("GET /v1/me/devices",
         {{"devices", QJsonArray{QJsonObject{{"device", "70"}, {"name", "desk"}, {"current", true}}}}});
  answer("DELETE /v1/me/devices/70", {}, 204);
  go_online();
  Account& account = *session().account();
  ASSERT_TRUE(spin_until([&] { return account.displayName() == "Me" && account.devices()->count() == 1; }));
  EXPECT_TRUE(account.totpEnabled());
  server_.answers["PATCH /v1/me"] = [](const FakeRequest& request) {
    return FakeAnswer{200, profile("7", "me", request.body.value("display_name").toString().toUtf8().constData())};
  };
  account.save(QStringLiteral("New"), QStringLiteral("#445566"), {});
  ASSERT_TRUE(spin_until([&] { return account.displayName() == "New"; }));
  EXPECT_TRUE(account.totpEnabled());
  account.revokeDevice(QStringLiteral("70"));
  EXPECT_TRUE(spin_until([&] { return account.devices()->count() == 0; }));
}

TEST_F(HttpModelsTest, an_invitation_for_another_server_is_not_sent_to_this_one) {
  go_online();
  std::string failed;
  QObject::connect(&session(), &Session::failed, [&](const QString& text) { failed = text.toStdString(); });
  session().joinByLink(QStringLiteral("starling://other.example:1/invite/ABCD1234"));
  EXPECT_NE(std::string::npos, failed.find("another server"));
  EXPECT_EQ("", last_path("/v1/join"));
}

}  // namespace
}  // namespace starling::qt
