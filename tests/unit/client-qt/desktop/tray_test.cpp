// What the tray shows and does. There is none without a screen, so nobody sees it: it works all the same.
#include "client-qt/desktop/tray.h"

#include <QApplication>
#include <QPixmap>
#include <QWindow>

#include "tests/unit/client-qt/support/world.h"

namespace starling::qt {
namespace {

using namespace testing;

class TrayTest : public World {
 protected:
  void make() { tray_.emplace(app_.get(), &window_, Tray::Icons{plain_, marked_}); }
  void TearDown() override {
    tray_.reset();
    QGuiApplication::setQuitOnLastWindowClosed(true);
  }
  static QIcon icon(Qt::GlobalColor color) {
    QPixmap pixmap(16, 16);
    pixmap.fill(color);
    return QIcon(pixmap);
  }
  QAction* entry(const char* text) {
    for (QAction* action : tray_->menu().actions()) {
      if (action->text().startsWith(QLatin1String(text))) return action;
    }
    return nullptr;
  }

  QWindow window_;
  QIcon plain_ = icon(Qt::white);
  QIcon marked_ = icon(Qt::red);
  std::optional<Tray> tray_;
};

TEST_F(TrayTest, it_is_marked_while_something_is_unread_and_a_muted_room_is_not) {
  go_online();
  make();
  EXPECT_EQ(plain_.cacheKey(), tray_->icon().icon().cacheKey());
  say(kAnn, "hi");
  ASSERT_TRUE(spin_until([&] { return tray_->icon().toolTip() == "Starling: 1 unread"; }));
  EXPECT_EQ(marked_.cacheKey(), tray_->icon().icon().cacheKey());
  session().muteRoom(QString::number(kRoom.value), true);
  EXPECT_EQ("Starling", tray_->icon().toolTip().toStdString());
  EXPECT_EQ(plain_.cacheKey(), tray_->icon().icon().cacheKey());
}

TEST_F(TrayTest, its_menu_asks_not_to_be_disturbed_and_ends_that) {
  go_online();
  make();
  entry("Do not disturb for an hour")->trigger();
  EXPECT_TRUE(session().notifications()->quiet());
  QAction* until = entry("Do not disturb until");
  ASSERT_NE(nullptr, until);
  EXPECT_TRUE(until->isChecked());
  until->trigger();
  EXPECT_FALSE(session().notifications()->quiet());
  EXPECT_NE(nullptr, entry("Do not disturb for an hour"));
}

TEST_F(TrayTest, its_menu_opens_the_window) {
  go_online();
  make();
  EXPECT_FALSE(window_.isVisible());
  entry("Open Starling")->trigger();
  EXPECT_TRUE(window_.isVisible());
  window_.close();
}

TEST_F(TrayTest, a_closed_window_ends_the_program_unless_there_is_a_tray_and_somebody_asked_for_it) {
  {
    App app(dir_.path());
    app.setKeepRunning(true);
    const Tray tray(&app, nullptr, {});
    QCoreApplication::processEvents();
    EXPECT_TRUE(QGuiApplication::quitOnLastWindowClosed()) << "there is no tray here";
    app.set_tray(true);
    EXPECT_FALSE(QGuiApplication::quitOnLastWindowClosed());
    app.setKeepRunning(false);
    EXPECT_TRUE(QGuiApplication::quitOnLastWindowClosed());
    app.setKeepRunning(true);
  }
  EXPECT_TRUE(App(dir_.path()).keepRunning()) << "it is remembered";
}

}  // namespace
}  // namespace starling::qt
