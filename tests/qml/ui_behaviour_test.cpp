// What the keyboard and the buttons of the pages do to the models, over the fixtures, without a screen.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <QAccessible>
#include <QGuiApplication>
#include <QQmlApplicationEngine>
#include <QQmlComponent>
#include <QQuickItem>
#include <QQuickWindow>
#include <QTest>
#include <QtPlugin>
#include <algorithm>
#include <memory>

#include "client-qt/ui/art/app_icon.h"

Q_IMPORT_PLUGIN(Starling_UiPlugin)
Q_IMPORT_PLUGIN(Starling_FixturesPlugin)

namespace {

QQmlEngine& engine() {
  static QQmlApplicationEngine engine;
  static const bool once = (engine.addImportPath("qrc:/qt/qml"), true);
  static_cast<void>(once);
  return engine;
}

QQuickItem* item_named(QQuickItem* root, const QString& name) {
  if (root->objectName() == name && root->isVisible()) return root;
  for (auto* child : root->childItems())
    if (auto* found = item_named(child, name)) return found;
  return nullptr;
}

QQuickItem* button_with(QQuickItem* root, const QString& text) {
  if (root->inherits("QQuickAbstractButton") && root->property("text").toString() == text && root->isVisible())
    return root;
  for (auto* child : root->childItems())
    if (auto* found = button_with(child, text)) return found;
  return nullptr;
}

bool text_within(QQuickItem* root, const QString& text) {
  if (!root->isVisible() || root->opacity() == 0) return false;
  if (root->inherits("QQuickText") && root->property("text").toString().contains(text)) return true;
  const auto children = root->childItems();
  return std::any_of(children.begin(), children.end(), [&](auto* child) { return text_within(child, text); });
}

/// A window over a fresh fixture. One test, GUI thread.
class Page : public testing::Test {
 protected:
  void open(QSize size = {1280, 800}, bool signed_in = true) {
    QQmlComponent fixture{&engine(), QUrl{"qrc:/qt/qml/Starling/Fixtures/FixtureApp.qml"}};
    app_.reset(fixture.create());
    ASSERT_TRUE(app_) << qPrintable(fixture.errorString());
    if (!signed_in) app_->setProperty("session", QVariant::fromValue(nullptr));
    QQmlComponent main{&engine(), QUrl{"qrc:/qt/qml/Starling/Ui/Main.qml"}};
    window_.reset(qobject_cast<QQuickWindow*>(main.createWithInitialProperties(
        {{"app", QVariant::fromValue(app_.get())}, {"width", size.width()}, {"height", size.height()}})));
    ASSERT_TRUE(window_) << qPrintable(main.errorString());
    window_->requestActivate();
    ASSERT_TRUE(QTest::qWaitForWindowActive(window_.get()));
  }
  void TearDown() override {
    window_.reset();
    app_.reset();
  }

  void open_room() {
    QMetaObject::invokeMethod(page(), "openRoom", Q_ARG(QVariant, "7"));
    ASSERT_TRUE(QTest::qWaitFor([&] { return find("composerInput") && find("composerInput")->hasActiveFocus(); }));
  }

  QObject* page() { return window_->property("page").value<QObject*>(); }
  QQuickItem* find(const QString& name) { return item_named(window_->contentItem(), name); }
  QString input() { return find("composerInput")->property("text").toString(); }
  QString mode() { return find("composer")->property("mode").toString(); }
  QObject* room() { return app_->property("theSession").value<QObject*>()->property("theRoom").value<QObject*>(); }

  void press(Qt::Key key, Qt::KeyboardModifiers modifiers = Qt::NoModifier) {
    QTest::keyClick(window_.get(), key, modifiers);
  }
  void type(const QString& text) {
    for (const auto c : text) QTest::keyClick(window_.get(), c.toLatin1());
  }
  void click(const QString& text) {
    QQuickItem* button = nullptr;
    ASSERT_TRUE(QTest::qWaitFor([&] { return (button = button_with(window_->contentItem(), text)); }))
        << qPrintable(text);
    QMetaObject::invokeMethod(button, "clicked");
  }

  bool shows(const QString& text) { return text_within(window_->contentItem(), text); }

  /// The calls of a name that the fixture saw, each as its arguments.
  QList<QVariantList> calls(const QString& name) {
    QList<QVariantList> found;
    for (const auto& call : app_->property("calls").toList()) {
      auto parts = call.toList();
      if (parts.takeFirst().toString() == name) found << parts;
    }
    return found;
  }
  bool called(const QString& name, const QVariantList& arguments) {
    return QTest::qWaitFor(
        [&] {
          for (const auto& call : calls(name)) {
            if (call.size() < arguments.size()) continue;
            bool same = true;
            for (int i = 0; i < arguments.size(); ++i) same = same && call[i].toString() == arguments[i].toString();
            if (same) return true;
          }
          return false;
        },
        2000);
  }

  std::unique_ptr<QObject> app_;
  std::unique_ptr<QQuickWindow> window_;
};

TEST_F(Page, EnterSendsTheTextAndEmptiesTheField) {
  open();
  open_room();
  type("hello");
  press(Qt::Key_Return);
  EXPECT_TRUE(called("send", {"hello", 0, 0}));
  EXPECT_EQ("", input());
}

TEST_F(Page, ShiftEnterBreaksTheLineAndSendsNothing) {
  open();
  open_room();
  type("a");
  press(Qt::Key_Return, Qt::ShiftModifier);
  type("b");
  EXPECT_EQ("a\nb", input());
  EXPECT_TRUE(calls("send").isEmpty());
}

TEST_F(Page, AHandleThatWasTypedAndNotCompletedIsAMentionButNotInAnAddress) {
  open();
  open_room();
  type("@room and (@tomas), not a@tomas.org nor @nobody.");
  press(Qt::Key_Return);
  EXPECT_TRUE(called("send", {"<@room> and (<@2>), not a@tomas.org nor @nobody.", 0, 0}));
}

TEST_F(Page, BlanksAreNotSent) {
  open();
  open_room();
  type("   ");
  press(Qt::Key_Return);
  EXPECT_TRUE(calls("send").isEmpty());
}

TEST_F(Page, UpEditsTheLastOwnMessageAndEnterSavesIt) {
  open();
  open_room();
  press(Qt::Key_Up);
  EXPECT_EQ("edit", mode());
  EXPECT_EQ("On it. Two things I want to check first:", input());
  type("!");
  press(Qt::Key_Return);
  EXPECT_TRUE(called("edit", {111, "On it. Two things I want to check first:!"}));
  EXPECT_EQ("", mode());
  EXPECT_TRUE(calls("send").isEmpty());
}

TEST_F(Page, AnEditShowsMentionsAsTheyAreTyped) {
  open();
  open_room();
  const QVariantMap message{{"seq", 111}, {"sender", "Mira"}, {"text", "ask <@2>"}};
  QMetaObject::invokeMethod(find("composer"), "beginEdit", Q_ARG(QVariant, message));
  EXPECT_EQ("ask @tomas", input());
}

TEST_F(Page, EscapeLeavesAnEditAndSavesNothing) {
  open();
  open_room();
  press(Qt::Key_Up);
  type("!");
  press(Qt::Key_Escape);
  EXPECT_EQ("", mode());
  EXPECT_EQ("", input());
  EXPECT_TRUE(calls("edit").isEmpty());
}

TEST_F(Page, TheTextIsTheRoomsDraft) {
  open();
  open_room();
  type("half");
  EXPECT_EQ("half", room()->property("draft").toString());
  room()->setProperty("draft", "half a line from elsewhere");
  EXPECT_EQ("half a line from elsewhere", input());
}

TEST_F(Page, OfTwoDraftsNoneIsLostBeforeTheChoice) {
  open();
  open_room();
  type("mine");
  room()->setProperty("draftConflict", "theirs");
  click("Keep both");
  EXPECT_EQ("mine\n\ntheirs", input());
  EXPECT_EQ("", room()->property("draftConflict").toString());
}

TEST_F(Page, AtCompletesAMemberAndTheWireHasTheId) {
  open();
  open_room();
  type("hi @to");
  ASSERT_TRUE(QTest::qWaitFor([&] { return find("mentions") != nullptr; }));
  press(Qt::Key_Return);
  EXPECT_EQ("hi @tomas ", input());
  EXPECT_TRUE(calls("send").isEmpty());
  press(Qt::Key_Return);
  EXPECT_TRUE(called("send", {"hi <@2>", 0, 0}));
}

TEST_F(Page, EscapeClosesTheCompletionAndKeepsTheText) {
  open();
  open_room();
  type("@");
  ASSERT_TRUE(QTest::qWaitFor([&] { return find("mentions") != nullptr; }));
  press(Qt::Key_Escape);
  EXPECT_TRUE(QTest::qWaitFor([&] { return find("mentions") == nullptr; }));
  EXPECT_EQ("@", input());
}

TEST_F(Page, AReplyNamesWhatItAnswers) {
  open();
  open_room();
  QVariantMap message{{"seq", 103}, {"sender", "Aiko"}, {"text", "Nice."}};
  QMetaObject::invokeMethod(find("composer"), "beginReply", Q_ARG(QVariant, message));
  EXPECT_EQ("reply", mode());
  type("yes");
  press(Qt::Key_Return);
  EXPECT_TRUE(called("send", {"yes", 103, 0}));
  EXPECT_EQ("", mode());
}

TEST_F(Page, TheSwitcherIsWorkedByTheKeyboard) {
  open();
  open_room();
  press(Qt::Key_K, Qt::ControlModifier);
  ASSERT_TRUE(QTest::qWaitFor([&] { return find("switcherList") != nullptr; }));
  press(Qt::Key_Down);
  press(Qt::Key_Return);
  EXPECT_TRUE(called("openRoom", {"8"}));
  EXPECT_TRUE(QTest::qWaitFor([&] { return find("switcherList") == nullptr; }));
}

TEST_F(Page, TheSwitcherOpensAPersonAndEscapeClosesIt) {
  open();
  press(Qt::Key_K, Qt::ControlModifier);
  ASSERT_TRUE(QTest::qWaitFor([&] { return find("switcherList") != nullptr; }));
  press(Qt::Key_Escape);
  ASSERT_TRUE(QTest::qWaitFor([&] { return find("switcherList") == nullptr; }));
  press(Qt::Key_K, Qt::ControlModifier);
  ASSERT_TRUE(QTest::qWaitFor([&] { return find("switcherList") != nullptr; }));
  press(Qt::Key_Down);
  press(Qt::Key_Down);
  press(Qt::Key_Return);
  EXPECT_TRUE(called("openDirect", {"3"}));
}

TEST_F(Page, ArrowsAndEnterOpenARoomOfTheList) {
  open();
  find("roomList")->forceActiveFocus();
  press(Qt::Key_Down);
  press(Qt::Key_Return);
  EXPECT_TRUE(called("openRoom", {"8"}));
}

TEST_F(Page, TheKeyboardOpensAFolderRenamesItAndWalksPastItToTheNextRoom) {
  open();
  auto* list = find("roomList");
  list->forceActiveFocus();
  list->setProperty("currentIndex", 3);
  press(Qt::Key_Return);
  EXPECT_TRUE(called("setCollapsed", {"Birds and other animals that fly", false}));
  press(Qt::Key_Down);
  press(Qt::Key_Left);
  EXPECT_TRUE(called("setCollapsed", {"Work", true}));
  press(Qt::Key_Menu);
  click("Rename the folder…");
  ASSERT_TRUE(QTest::qWaitFor([&] { return button_with(window_->contentItem(), "Rename") != nullptr; }));
  type("Office");
  press(Qt::Key_Return);
  EXPECT_TRUE(called("renameFolder", {"Work", "Office"}));
  list->setProperty("currentIndex", 2);
  press(Qt::Key_Down, Qt::AltModifier);
  EXPECT_TRUE(called("openRoom", {"17"}));
}

TEST_F(Page, ARoomIsMovedIntoANewFolderFromItsMenu) {
  open();
  auto* list = find("roomList");
  list->forceActiveFocus();
  list->setProperty("currentIndex", 1);
  press(Qt::Key_F10, Qt::ShiftModifier);
  click("Move to a folder…");
  ASSERT_TRUE(QTest::qWaitFor([&] { return find("newFolder") != nullptr; }));
  type("Later");
  press(Qt::Key_Return);
  EXPECT_TRUE(called("moveToFolder", {"8", "Later"}));
}

TEST_F(Page, OneColumnGoesToTheRoomAndBack) {
  open({400, 800});
  EXPECT_TRUE(find("roomList"));
  open_room();
  EXPECT_FALSE(find("roomList"));
  QMetaObject::invokeMethod(page(), "openSide", Q_ARG(QVariant, "members"));
  EXPECT_TRUE(QTest::qWaitFor([&] { return find("members") && !find("composer"); }));
  QMetaObject::invokeMethod(page(), "back");
  EXPECT_TRUE(find("composer"));
  QMetaObject::invokeMethod(page(), "back");
  EXPECT_TRUE(find("roomList"));
}

TEST_F(Page, TheKeyboardWalksTheTimelineAndRepliesToAMessage) {
  open();
  open_room();
  auto* timeline = find("timeline");
  timeline->forceActiveFocus();
  timeline->setProperty("currentIndex", 10);
  press(Qt::Key_Up);
  press(Qt::Key_R);
  EXPECT_EQ("reply", mode());
  EXPECT_TRUE(find("composerInput")->hasActiveFocus());
}

TEST_F(Page, AFailedMessageIsTriedAgain) {
  open();
  open_room();
  click("Try again");
  EXPECT_TRUE(called("retry", {"a2"}));
}

TEST_F(Page, WhatWasRefusedToBeDoneToAMessageIsSaidThereAndTriedAgain) {
  open();
  open_room();
  auto* model = room()->property("timeline").value<QObject*>();
  auto rows = model->property("rows").toList();
  auto row = rows.last().toMap();
  row["state"] = "sent";
  row["refusedId"] = "77";
  row["refusedText"] = "Not changed: only who wrote it may change it.";
  rows.last() = row;
  model->setProperty("rows", rows);
  EXPECT_TRUE(QTest::qWaitFor([&] { return shows("Not changed: only who wrote it may change it."); }));
  click("Try again");
  EXPECT_TRUE(called("retry", {"77"}));
  click("Discard");
  EXPECT_TRUE(called("discard", {"77"}));
}

TEST_F(Page, WhatHasNoPlaceIsANotice) {
  open();
  auto* session = app_->property("theSession").value<QObject*>();
  QMetaObject::invokeMethod(session, "failed", Q_ARG(QString, "The server refused to make the room."));
  EXPECT_TRUE(QTest::qWaitFor([&] { return shows("The server refused to make the room."); }, 2000));
}

TEST_F(Page, TextThatCannotBeSentStaysInTheFieldWithTheReason) {
  open();
  open_room();
  room()->setProperty("trouble", "That is too long.");
  type("many words");
  press(Qt::Key_Return);
  EXPECT_TRUE(called("send", {"many words"}));
  EXPECT_EQ("many words", input());
  EXPECT_TRUE(shows("That is too long."));
  type("!");
  EXPECT_FALSE(shows("That is too long."));
}

TEST_F(Page, RoomSettingsAreSavedWhenTheServerSaysSo) {
  open();
  open_room();
  QMetaObject::invokeMethod(page(), "openSide", Q_ARG(QVariant, "settings"));
  ASSERT_TRUE(QTest::qWaitFor([&] { return find("roomTitle") != nullptr; }));
  find("roomTitle")->setProperty("text", "Larks");
  click("Save");
  EXPECT_TRUE(called("setTitle", {"Larks"}));
  EXPECT_FALSE(shows("Saved"));
  room()->setProperty("settingsBusy", false);
  room()->setProperty("settingsError", "The name stays as it was: only moderators may change it.");
  EXPECT_TRUE(shows("The name stays as it was: only moderators may change it."));
  EXPECT_FALSE(shows("Saved"));
  QMetaObject::invokeMethod(room(), "settingsSaved");
  EXPECT_TRUE(QTest::qWaitFor([&] { return shows("Saved"); }, 2000));
}

TEST_F(Page, AProfileIsSavedWhenTheServerSaysSo) {
  open();
  QMetaObject::invokeMethod(page(), "openAccount", Q_ARG(QVariant, "profile"));
  auto* account = app_->property("theSession").value<QObject*>()->property("account").value<QObject*>();
  ASSERT_TRUE(QTest::qWaitFor([&] { return find("profileName") != nullptr; }));
  find("profileName")->setProperty("text", "Mira L.");
  click("Save");
  EXPECT_TRUE(called("save", {"Mira L."}));
  EXPECT_FALSE(shows("Saved"));
  account->setProperty("errorText", "There is no connection.");
  EXPECT_TRUE(shows("There is no connection."));
  QMetaObject::invokeMethod(account, "done", Q_ARG(QString, "saved"));
  EXPECT_TRUE(QTest::qWaitFor([&] { return shows("Saved"); }, 2000));
}

TEST_F(Page, APlainMemberIsToldThatOnlyModeratorsCallEverybody) {
  open();
  open_room();
  room()->setProperty("mayCallRoom", false);
  type("@room lunch");
  EXPECT_TRUE(shows("Only moderators can call everybody"));
  press(Qt::Key_Return);
  EXPECT_TRUE(called("send", {"@room lunch", 0, 0}));
}

TEST_F(Page, ModeratorsAreOfferedToCallEverybody) {
  open();
  open_room();
  type("@ro");
  ASSERT_TRUE(QTest::qWaitFor([&] { return find("mentions") != nullptr && shows("Everybody in the room"); }, 2000));
  press(Qt::Key_Return);
  EXPECT_EQ("@room ", input());
  press(Qt::Key_Return);
  EXPECT_TRUE(called("send", {"<@room>"}));
  room()->setProperty("mayCallRoom", false);
  type("@ro");
  QTest::qWait(50);
  EXPECT_FALSE(shows("Everybody in the room"));
}

TEST_F(Page, TheConnectionBarTriesNow) {
  open();
  auto* connection = app_->property("theSession").value<QObject*>()->property("connection").value<QObject*>();
  EXPECT_FALSE(button_with(window_->contentItem(), "Try now"));
  connection->setProperty("reason", "The network is down.");
  connection->setProperty("state", "waiting");
  click("Try now");
  EXPECT_TRUE(called("retryNow", {}));
}

TEST_F(Page, AThreadIsAnsweredInTheThread) {
  open();
  open_room();
  QMetaObject::invokeMethod(page(), "openThread", Q_ARG(QVariant, 104));
  ASSERT_TRUE(QTest::qWaitFor([&] { return find("threadInput") != nullptr; }));
  find("threadInput")->forceActiveFocus();
  type("ok");
  press(Qt::Key_Return);
  EXPECT_TRUE(called("send", {"ok", 0, 104}));
}

TEST_F(Page, TheWelcomePageAsksForTheServerThenForOneself) {
  open({1280, 800}, false);
  QTest::qWait(50);
  type("chat.example.org");
  press(Qt::Key_Return);
  EXPECT_TRUE(called("connectServer", {"chat.example.org"}));
  QMetaObject::invokeMethod(
      app_.get(), "serverFound",
      Q_ARG(QVariant, (QVariantMap{{"name", "M"}, {"registration", "open"}, {"firstAccount", false}})));
  EXPECT_EQ("account", page()->property("step").toString());
  type("mira");
  press(Qt::Key_Return);
  type("secret words");
  press(Qt::Key_Return);
  EXPECT_TRUE(called("signIn", {"chat.example.org", "mira", "secret words", "", ""}));
  QMetaObject::invokeMethod(app_.get(), "totpRequired");
  EXPECT_EQ("code", page()->property("step").toString());
  type("123456");
  press(Qt::Key_Return);
  EXPECT_TRUE(called("signIn", {"chat.example.org", "mira", "secret words", "123456", ""}));
}

TEST_F(Page, APasswordFieldTellsAScreenReaderItsNameAndNotThePassword) {
  open({1280, 800}, false);
  QMetaObject::invokeMethod(
      app_.get(), "serverFound",
      Q_ARG(QVariant, (QVariantMap{{"name", "M"}, {"registration", "open"}, {"firstAccount", false}})));
  type("mira");
  press(Qt::Key_Return);
  type("secret");
  // When an item gets the keyboard, Qt tells of the nearest of it and its parents that has something to tell.
  QAccessibleInterface* told = nullptr;
  for (QObject* at = window_->activeFocusItem(); at != nullptr && told == nullptr; at = at->parent())
    told = QAccessible::queryAccessibleInterface(at);
  ASSERT_TRUE(told);
  EXPECT_EQ("secret", window_->activeFocusItem()->property("text").toString());
  EXPECT_EQ("Password", told->text(QAccessible::Name));
  EXPECT_EQ("", told->text(QAccessible::Value));
}

TEST_F(Page, AnotherDayIsAPressAway) {
  open();
  open_room();
  auto* menu = window_->findChild<QObject*>("dayMenu");
  ASSERT_TRUE(menu);
  EXPECT_TRUE(calls("jumpToDate").isEmpty());
  QMetaObject::invokeMethod(menu, "jump", Q_ARG(QVariant, -1));
  EXPECT_TRUE(called("jumpToDate", {0}));
}

TEST_F(Page, AHundredThousandMessagesMakeNoMoreRowsThanTheWindowShows) {
  open();
  open_room();
  auto* model = room()->property("timeline").value<QObject*>();
  const auto few = model->property("rows").toList();
  QVariantList many;
  many.reserve(100'000);
  while (many.size() < 100'000) many << few[many.size() % few.size()];
  model->setProperty("rows", many);
  auto* list = find("timeline");
  QTest::qWait(50);
  for (const int at : {0, 50'000, 99'999, 10})
    QMetaObject::invokeMethod(list, "positionViewAtIndex", Q_ARG(int, at), Q_ARG(int, 1));
  EXPECT_EQ(100'000, list->property("count").toInt());
  EXPECT_LT(list->property("contentItem").value<QQuickItem*>()->childItems().size(), 150);
}

TEST(AppIcon, IsABirdAtEverySizeAndADotMarksIt) {
  for (const int size : {16, 64, 256}) {
    const auto plain = starling::ui::app_icon().pixmap(size).toImage();
    int painted = 0;
    for (int y = 0; y < plain.height(); ++y)
      for (int x = 0; x < plain.width(); ++x) painted += qAlpha(plain.pixel(x, y)) > 128;
    EXPECT_GT(painted, size * size / 5);
    EXPECT_NE(plain, starling::ui::app_icon(true).pixmap(size).toImage());
  }
}

TEST_F(Page, AnUntrustedServerIsNotTrustedByEnter) {
  open({1280, 800}, false);
  QMetaObject::invokeMethod(app_.get(), "serverUntrusted", Q_ARG(QString, "9f2c"), Q_ARG(QString, "CN=x"),
                            Q_ARG(QString, "self-signed"));
  EXPECT_EQ("certificate", page()->property("step").toString());
  press(Qt::Key_Return);
  EXPECT_TRUE(calls("trust").isEmpty());
}

}  // namespace

int main(int argc, char** argv) {
  qputenv("QT_QPA_PLATFORM", "offscreen");
  qputenv("QT_QUICK_BACKEND", "software");
  testing::InitGoogleMock(&argc, argv);
  QGuiApplication application{argc, argv};
  return RUN_ALL_TESTS();
}
