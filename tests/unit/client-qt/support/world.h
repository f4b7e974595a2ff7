// A session on a server within the test, with its models watched for breaches of their contract.
#pragma once

#include <gtest/gtest.h>

#include <QAbstractItemModelTester>
#include <QTemporaryDir>
#include <memory>

#include "client-qt/models/app.h"
#include "tests/unit/client-qt/support/fake_server.h"
#include "tests/unit/client-qt/support/log.h"
#include "tests/unit/client-qt/support/spin.h"

namespace starling::qt::testing {

class World : public ::testing::Test {
 protected:
  World() { server_.rooms[kRoom] = {.room = kRoom, .role = wire::Role::Owner, .title = "Birds"}; }

  void start() {
    app_ = std::make_unique<App>(dir_.path());
    ASSERT_TRUE(app_->enter(server_.url(), "token", QStringLiteral("test")));
    ASSERT_TRUE(spin_until([&] { return session().ready(); }));
    watch(session().rooms());
    watch(session().search());
    watch(session().people());
    watch(session().publicRooms());
    watch(session().quick());
    watch(session().invitations());
  }
  void go_online() {
    start();
    ASSERT_TRUE(spin_until([&] {
      return session().connection()->state() == QLatin1String("online") && session().book().find(kRoom) != nullptr;
    }));
  }
  Room& open_room() {
    session().openRoom(QString::number(kRoom.value));
    EXPECT_TRUE(spin_until([&] { return session().room() != nullptr && timeline().ready(); }));
    watch(&timeline());
    watch(session().room()->members());
    return *session().room();
  }
  void close() {
    testers_.clear();
    app_.reset();
  }
  void watch(QAbstractItemModel* model) {
    testers_.push_back(
        std::make_unique<QAbstractItemModelTester>(model, QAbstractItemModelTester::FailureReportingMode::Fatal));
  }

  Session& session() { return *app_->session(); }
  TimelineModel& timeline() { return *session().room()->timeline(); }
  QVariant role(int row, TimelineModel::Role which) { return timeline().data(timeline().index(row), which); }
  /// The texts of the rows, a state behind each that is not sent.
  std::string texts() {
    std::string out;
    for (int row = 0; row < timeline().count(); ++row) {
      out += role(row, TimelineModel::TextRole).toString().toStdString();
      const std::string state = role(row, TimelineModel::StateRole).toString().toStdString();
      out += state == "sent" ? " " : "(" + state + ") ";
    }
    return out;
  }
  void say(UserId who, std::string text, Seq target = {}) {
    wire::Event event = message(1, who, std::move(text), target);
    event.client_msg_id = ClientMsgId(++said_);
    event.device = DeviceId(900);  // never the one under test
    server_.push(event);
  }

  QTemporaryDir dir_;
  FakeServer server_;
  std::unique_ptr<App> app_;
  std::vector<std::unique_ptr<QAbstractItemModelTester>> testers_;
  std::uint64_t said_ = 1'000'000;
};

}  // namespace starling::qt::testing
