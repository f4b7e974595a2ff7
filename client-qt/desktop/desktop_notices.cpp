#include "client-qt/desktop/desktop_notices.h"

#include <QDBusConnection>
#include <QDBusMessage>
#include <QDBusPendingCallWatcher>
#include <QDBusPendingReply>
#include <utility>

#include "client-qt/desktop/tray.h"
#include "client-qt/models/app.h"

namespace starling::qt {
namespace {

const QString kService = QStringLiteral("org.freedesktop.Notifications");
const QString kPath = QStringLiteral("/org/freedesktop/Notifications");
const QString kOpen = QStringLiteral("default");

}  // namespace

DesktopNotices::DesktopNotices(App* app, QWindow* window, QObject* parent)
    : QObject(parent), app_(app), window_(window) {
  connect(app, &App::sessionChanged, this, &DesktopNotices::attach);
  attach();
}

void DesktopNotices::attach() {
  if (session_) disconnect(session_, nullptr, this, nullptr);
  session_ = app_->session();
  shown_.clear();
  if (session_) connect(session_, &Session::notify, this, &DesktopNotices::show);
}

/// Looked for when it is needed first: a start does not wait for it.
bool DesktopNotices::has_bus() {
  QDBusConnection bus = QDBusConnection::sessionBus();
  if (!bus.isConnected()) return false;
  if (!std::exchange(listens_, true)) {
    bus.connect(kService, kPath, kService, QStringLiteral("ActionInvoked"), this, SLOT(pressed(uint, QString)));
    bus.connect(kService, kPath, kService, QStringLiteral("NotificationClosed"), this, SLOT(closed(uint, uint)));
  }
  return true;
}

bool DesktopNotices::in_front(const QString& room) const {
  return window_ && window_->isActive() && session_->room() != nullptr && session_->room()->roomId() == room;
}

void DesktopNotices::show(const QString& room, const QString& title, const QString& text) {
  if (in_front(room) || !has_bus()) return;
  QVariantMap hints{{QStringLiteral("category"), QStringLiteral("im.received")},
                    {QStringLiteral("desktop-entry"), QStringLiteral("starling")}};
  if (session_->notifications()->sound()) {
    hints.insert(QStringLiteral("sound-name"), QStringLiteral("message-new-instant"));
  } else {
    hints.insert(QStringLiteral("suppress-sound"), true);
  }
  QDBusMessage call = QDBusMessage::createMethodCall(kService, kPath, kService, QStringLiteral("Notify"));
  // The body may be markup where the service knows it, and what people wrote is none.
  call.setArguments({QStringLiteral("Starling"), shown_.value(room), QStringLiteral("starling"), title,
                     text.toHtmlEscaped(), QStringList{kOpen, tr("Open")}, hints, -1});
  auto* answer = new QDBusPendingCallWatcher(QDBusConnection::sessionBus().asyncCall(call), this);
  connect(answer, &QDBusPendingCallWatcher::finished, this, [this, answer, room, from = session_] {
    answer->deleteLater();
    const QDBusPendingReply<uint> id = *answer;
    if (!id.isError() && from == session_) shown_[room] = id.value();
  });
}

void DesktopNotices::pressed(uint id, const QString& action) {
  const QString room = shown_.key(id);
  if (room.isEmpty() || action != kOpen || !session_) return;
  session_->openRoom(room);
  bring_forward(window_);
}

void DesktopNotices::closed(uint id, uint) { shown_.remove(shown_.key(id)); }

}  // namespace starling::qt
