// Servers and sign-in.
#include "client-qt/models/app.h"

#include "tests/unit/client-qt/support/world.h"

namespace starling::qt {
namespace {

using namespace testing;

class AppTest : public World {
 protected:
  AppTest() {
    server_.answers["POST /v1/login"] = [this](const FakeRequest& request) {
      if (request.body.value("password").toString() != "right") {
        return FakeAnswer{401, {{"error", QJsonObject{{"code", "bad_credentials"}, {"message", "Wrong."}}}}};
      }
      if (totp_ && !request.body.contains("totp")) {
        return FakeAnswer{401, {{"error", QJsonObject{{"code", "totp_required"}}}}};
      }
      return FakeAnswer{200, grant()};
    };
    server_.answers["POST /v1/refresh"] = [this](const FakeRequest&) { return FakeAnswer{200, grant()}; };
    server_.answers["GET /v1/server"] = [](const FakeRequest&) {
      return FakeAnswer{200, {{"name", "Birds"}, {"registration", "open"}, {"first_account", true}}};
    };
    app_ = std::make_unique<App>(dir_.path());
    watch(app_->servers());
    connect();
  }
  QJsonObject grant() {
    return {{"user", "7"},
            {"device", QString::number(server_.device.value)},
            {"handle", "ann"},
            {"access_token", "access"},
            {"access_expires_ms", QDateTime::currentMSecsSinceEpoch() + 600'000},
            {"refresh_token", "refresh"}};
  }
  void connect() {
    QObject::connect(app_.get(), &App::serverFound, [this](const QString& name, const QString&, bool first) {
      told_ = name.toStdString() + (first ? "!" : "");
    });
    QObject::connect(app_.get(), &App::serverFailed, [this](const QString& text) { told_ = text.toStdString(); });
    QObject::connect(app_.get(), &App::signInFailed, [this](const QString& code) { told_ = code.toStdString(); });
    QObject::connect(app_.get(), &App::totpRequired, [this] { told_ = "totp"; });
    QObject::connect(app_.get(), &App::signedIn, [this] { told_ = "in"; });
  }
  std::string told() {
    EXPECT_TRUE(spin_until([&] { return !told_.empty(); }));
    return std::exchange(told_, {});
  }
  bool online() {
    return spin_until([&] { return app_->session() && session().connection()->state() == QLatin1String("online"); });
  }

  std::string told_;
  bool totp_ = false;
};

TEST_F(AppTest, a_server_tells_its_name_and_what_is_none_is_told) {
  app_->connectServer(server_.url());
  EXPECT_EQ("Birds!", told());
  app_->connectServer(QStringLiteral("no address"));
  EXPECT_EQ("That is no address of a server.", told());
  server_.answers.erase("GET /v1/server");
  app_->connectServer(server_.url());
  EXPECT_EQ("There is no Starling server at this address.", told());
  app_->connectServer(QStringLiteral("http://127.0.0.1:1"));
  EXPECT_EQ("The server cannot be reached.", told());
}

TEST_F(AppTest, a_sign_in_leads_to_a_session_and_the_next_start_goes_on_with_it) {
  app_->signIn(server_.url(), "ann", "wrong");
  EXPECT_EQ("bad_credentials", told());
  EXPECT_EQ("welcome", app_->page().toStdString());
  app_->signIn(server_.url(), "ann", "right");
  EXPECT_EQ("in", told());
  EXPECT_EQ("chat", app_->page().toStdString());
  ASSERT_TRUE(online());
  EXPECT_EQ(1, app_->servers()->count());
  close();
  app_ = std::make_unique<App>(dir_.path());
  EXPECT_TRUE(app_->resume());
  EXPECT_TRUE(online());
}

TEST_F(AppTest, a_second_factor_is_asked_for) {
  totp_ = true;
  app_->signIn(server_.url(), "ann", "right");
  EXPECT_EQ("totp", told());
  app_->signIn(server_.url(), "ann", "right", "123456");
  EXPECT_EQ("in", told());
}

TEST_F(AppTest, who_signs_in_again_is_a_new_device_and_what_waited_is_sent_by_it) {
  app_->signIn(server_.url(), "ann", "right");
  EXPECT_EQ("in", told());
  ASSERT_TRUE(online());
  ASSERT_TRUE(spin_until([&] { return session().book().find(kRoom) != nullptr; }));
  open_room();
  server_.accepting = false;
  session().room()->send(QStringLiteral("kept"));
  ASSERT_TRUE(spin_until([&] { return texts() == "kept(pending) "; }));
  server_.refuse_with = 4001;
  server_.refusals = 9;
  server_.drop(4001);
  ASSERT_TRUE(spin_until([&] { return session().signedOut(); }));
  server_.refusals = 0;
  server_.accepting = true;
  server_.device = DeviceId(71);
  app_->signIn(server_.url(), "ann", "right");
  EXPECT_EQ("in", told());
  ASSERT_TRUE(spin_until([&] { return texts() == "kept "; }));
  EXPECT_EQ(DeviceId(71), server_.logs[kRoom].at(0).device);
  EXPECT_EQ(1u, server_.logs[kRoom].size());
}

TEST_F(AppTest, a_sign_out_forgets_the_account_but_not_its_file) {
  app_->signIn(server_.url(), "ann", "right");
  EXPECT_EQ("in", told());
  ASSERT_TRUE(online());
  app_->signOut();
  EXPECT_EQ("welcome", app_->page().toStdString());
  EXPECT_EQ(0, app_->servers()->count());
  close();
  EXPECT_EQ(1, QDir(dir_.path()).entryList({"account-*.db"}).size());
  app_ = std::make_unique<App>(dir_.path());
  EXPECT_FALSE(app_->resume());
}

TEST_F(AppTest, how_it_looks_is_remembered) {
  app_->setAppearance(QStringLiteral("dark"));
  app_->setScale(99);
  close();
  app_ = std::make_unique<App>(dir_.path());
  EXPECT_EQ("dark", app_->appearance().toStdString());
  EXPECT_EQ(3.0, app_->scale());
}

}  // namespace
}  // namespace starling::qt
