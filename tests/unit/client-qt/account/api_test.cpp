// Tokens are renewed when they must be, and only then.
#include "client-qt/account/api.h"

#include <gtest/gtest.h>

#include <QDateTime>

#include "tests/unit/client-qt/support/fake_server.h"
#include "tests/unit/client-qt/support/spin.h"

namespace starling::qt {
namespace {

using namespace testing;

QJsonObject grant(const char* access, const char* refresh, qint64 valid_ms = 600'000) {
  return {{"user", "7"},
          {"device", "70"},
          {"handle", "ann"},
          {"access_token", access},
          {"access_expires_ms", QDateTime::currentMSecsSinceEpoch() + valid_ms},
          {"refresh_token", refresh}};
}

class ApiTest : public ::testing::Test {
 protected:
  HttpReply get(const char* path) {
    std::optional<HttpReply> got;
    api_.get(QString::fromUtf8(path), &api_, [&](const HttpReply& reply) { got = reply; });
    EXPECT_TRUE(spin_until([&] { return got.has_value(); }));
    return got.value_or(HttpReply{});
  }
  void answer_refresh(QJsonObject with, int status = 200) {
    server_.answers["POST /v1/refresh"] = [=](const FakeRequest&) { return FakeAnswer{status, with}; };
  }
  std::vector<std::string> paths() {
    std::vector<std::string> out;
    for (const FakeRequest& request : server_.requests) out.push_back(request.path.toStdString());
    return out;
  }

  FakeServer server_;
  Trust trust_;
  Api api_{QUrl(server_.url()), &trust_};
};

TEST_F(ApiTest, a_fresh_token_is_used_as_it_is) {
  server_.answers["GET /v1/me"] = [](const FakeRequest&) { return FakeAnswer{200, {{"handle", "ann"}}}; };
  api_.credentials().set_grant(*read_grant(grant("access-1", "refresh-1")));
  EXPECT_TRUE(get("/v1/me").ok());
  EXPECT_EQ("Bearer access-1", server_.requests.at(0).authorization.toStdString());
}

TEST_F(ApiTest, a_token_about_to_expire_is_renewed_first_and_the_new_refresh_token_is_told) {
  server_.answers["GET /v1/me"] = [](const FakeRequest&) { return FakeAnswer{}; };
  answer_refresh(grant("access-2", "refresh-2"));
  QByteArray told;
  QObject::connect(&api_.credentials(), &Credentials::granted, [&](const Grant& g) { told = g.refresh_token; });
  api_.credentials().set_grant(*read_grant(grant("access-1", "refresh-1", 10'000)));
  get("/v1/me");
  EXPECT_EQ((std::vector<std::string>{"/v1/refresh", "/v1/me"}), paths());
  EXPECT_EQ("refresh-1", server_.requests.at(0).body.value("refresh_token").toString().toStdString());
  EXPECT_EQ("Bearer access-2", server_.requests.at(1).authorization.toStdString());
  EXPECT_EQ("refresh-2", told.toStdString());
}

TEST_F(ApiTest, many_who_need_a_token_share_one_renewal) {
  server_.answers["GET /v1/me"] = [](const FakeRequest&) { return FakeAnswer{}; };
  answer_refresh(grant("access-2", "refresh-2"));
  api_.credentials().set_refresh_token("refresh-1");
  int done = 0;
  for (int i = 0; i < 5; ++i) api_.get("/v1/me", &api_, [&](const HttpReply& reply) { done += reply.ok() ? 1 : 0; });
  EXPECT_TRUE(spin_until([&] { return done == 5; }));
  EXPECT_EQ(6u, server_.requests.size());
}

TEST_F(ApiTest, a_token_that_the_server_finds_expired_is_renewed_and_the_request_repeated_once) {
  server_.answers["GET /v1/me"] = [](const FakeRequest&) {
    return FakeAnswer{401, {{"error", QJsonObject{{"code", "token_expired"}}}}};
  };
  answer_refresh(grant("access-2", "refresh-2"));
  api_.credentials().set_grant(*read_grant(grant("access-1", "refresh-1")));
  EXPECT_EQ(401, get("/v1/me").status);
  EXPECT_EQ((std::vector<std::string>{"/v1/me", "/v1/refresh", "/v1/me"}), paths());
}

TEST_F(ApiTest, a_refused_renewal_is_a_sign_out_that_asks_no_more) {
  answer_refresh({{"error", QJsonObject{{"code", "unauthorized"}, {"message", "Sign in again."}}}}, 401);
  api_.credentials().set_refresh_token("refresh-1");
  EXPECT_EQ("Sign in again.", get("/v1/me").text.toStdString());
  EXPECT_FALSE(api_.credentials().has_any());
  EXPECT_EQ(401, get("/v1/me").status);
  EXPECT_EQ(1u, server_.requests.size());
}

TEST_F(ApiTest, a_busy_server_keeps_the_refresh_token_for_later) {
  answer_refresh({{"error", QJsonObject{{"code", "busy"}, {"retry_after_ms", 1500}}}}, 503);
  api_.credentials().set_refresh_token("refresh-1");
  const HttpReply reply = get("/v1/me");
  EXPECT_TRUE(reply.transient());
  EXPECT_EQ(1500, reply.retry_after_ms);
  EXPECT_TRUE(api_.credentials().has_any());
}

TEST_F(ApiTest, no_server_is_an_error_in_words) {
  Api nowhere(QUrl(QStringLiteral("http://127.0.0.1:1")), &trust_);
  nowhere.credentials().set_fixed_token("x");
  std::optional<HttpReply> got;
  nowhere.get("/v1/me", &nowhere, [&](const HttpReply& reply) { got = reply; });
  EXPECT_TRUE(spin_until([&] { return got.has_value(); }));
  EXPECT_EQ(0, got->status);
  EXPECT_NE(std::string::npos, got->text.toStdString().find("nothing listens"));
}

}  // namespace
}  // namespace starling::qt
