// The tray: whether something is unread, and a way back to the window. Without a tray nothing of it happens, and the window ends
// the program.
#pragma once

#include <QIcon>
#include <QMenu>
#include <QObject>
#include <QPointer>
#include <QSystemTrayIcon>
#include <QWindow>

namespace starling::qt {

class App;
class Session;

/// Shows the window, above the others.
void bring_forward(QWindow* window);

/// Owner: main.
class Tray final : public QObject {
  Q_OBJECT

 public:
  struct Icons {
    QIcon plain;
    QIcon marked;  // something is unread
  };
  Tray(App* app, QWindow* window, Icons icons, QObject* parent = nullptr);

  const QSystemTrayIcon& icon() const { return icon_; }
  const QMenu& menu() const { return menu_; }

 private:
  void look();
  void attach();
  void show_unread();
  void show_quiet();
  void decide_what_closing_does();

  App* app_;
  QPointer<QWindow> window_;
  QPointer<Session> session_;
  Icons icons_;
  QMenu menu_;
  QSystemTrayIcon icon_;
  QAction* quiet_ = nullptr;
};

}  // namespace starling::qt
