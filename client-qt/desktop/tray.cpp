#include "client-qt/desktop/tray.h"

#include <QDateTime>
#include <QGuiApplication>
#include <QLocale>
#include <QTimer>
#include <utility>

#include "client-qt/models/app.h"

namespace starling::qt {
namespace {

/// What the menu's own entry asks for; the settings have longer ones.
constexpr int kQuietMinutes = 60;

}  // namespace

void bring_forward(QWindow* window) {
  if (window == nullptr) return;
  window->show();
  window->raise();
  window->requestActivate();
}

Tray::Tray(App* app, QWindow* window, Icons icons, QObject* parent)
    : QObject(parent), app_(app), window_(window), icons_(std::move(icons)) {
  connect(menu_.addAction(tr("Open Starling")), &QAction::triggered, this, [this] { bring_forward(window_); });
  quiet_ = menu_.addAction(QString());
  quiet_->setCheckable(true);
  connect(quiet_, &QAction::triggered, this, [this](bool on) {
    if (session_) session_->notifications()->quietFor(on ? kQuietMinutes : 0);
  });
  menu_.addSeparator();
  connect(menu_.addAction(tr("Quit")), &QAction::triggered, this, [] { QCoreApplication::quit(); });
  icon_.setContextMenu(&menu_);
  connect(&icon_, &QSystemTrayIcon::activated, this, [this](QSystemTrayIcon::ActivationReason how) {
    if (how == QSystemTrayIcon::Trigger || how == QSystemTrayIcon::DoubleClick) bring_forward(window_);
  });
  connect(app_, &App::keepRunningChanged, this, &Tray::decide_what_closing_does);
  connect(app_, &App::trayChanged, this, &Tray::decide_what_closing_does);
  connect(app_, &App::sessionChanged, this, &Tray::attach);
  decide_what_closing_does();
  attach();
  QTimer::singleShot(0, this, &Tray::look);
}

/// The first time that nothing else is to be done: a start does not wait for it.
void Tray::look() {
  if (!QSystemTrayIcon::isSystemTrayAvailable()) return;
  icon_.show();
  app_->set_tray(true);
}

void Tray::attach() {
  if (session_) {
    disconnect(session_->rooms(), nullptr, this, nullptr);
    disconnect(session_->notifications(), nullptr, this, nullptr);
  }
  session_ = app_->session();
  if (session_) {
    connect(session_->rooms(), &RoomListModel::unreadChanged, this, &Tray::show_unread);
    connect(session_->notifications(), &NotificationSettings::changed, this, &Tray::show_quiet);
  }
  show_unread();
  show_quiet();
}

void Tray::show_unread() {
  const int rooms = session_ ? session_->rooms()->unreadRooms() : 0;
  icon_.setIcon(rooms > 0 ? icons_.marked : icons_.plain);
  icon_.setToolTip(rooms > 0 ? tr("Starling: %1 unread").arg(rooms) : tr("Starling"));
}

void Tray::show_quiet() {
  const NotificationSettings* settings = session_ ? session_->notifications() : nullptr;
  const bool quiet = settings != nullptr && settings->quiet();
  quiet_->setEnabled(settings != nullptr);
  quiet_->setChecked(quiet);
  const QTime until = quiet ? QDateTime::fromMSecsSinceEpoch(settings->quietUntilMs()).time() : QTime();
  quiet_->setText(quiet ? tr("Do not disturb until %1").arg(QLocale().toString(until, QLocale::ShortFormat))
                        : tr("Do not disturb for an hour"));
}

void Tray::decide_what_closing_does() {
  QGuiApplication::setQuitOnLastWindowClosed(!(app_->tray() && app_->keepRunning()));
}

}  // namespace starling::qt
