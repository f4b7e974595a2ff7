// A desktop's notification service and its tray, without a desktop. Each notice is a line on the standard output, "ID
// TITLE|TEXT", with " (silent)" behind it when no sound is wanted, and each icon of the tray is "tray". A line on the standard
// input is the number of a notice that is pressed, or "tray": the last icon is.
#include <unistd.h>

#include <QCoreApplication>
#include <QDBusConnection>
#include <QDBusMessage>
#include <QSocketNotifier>
#include <QVariantMap>
#include <cstdio>

class Notifications final : public QObject {
  Q_OBJECT
  Q_CLASSINFO("D-Bus Interface", "org.freedesktop.Notifications")

 public slots:
  uint Notify(const QString&, uint replaces, const QString&, const QString& title, const QString& text,
              const QStringList&, const QVariantMap& hints, int) {
    const uint id = replaces != 0 ? replaces : ++last_;
    const bool silent = hints.value(QStringLiteral("suppress-sound")).toBool();
    std::printf("%u %s|%s%s\n", id, qPrintable(title), qPrintable(text), silent ? " (silent)" : "");
    std::fflush(stdout);
    return id;
  }

 signals:
  void ActionInvoked(uint id, const QString& action);

 private:
  uint last_ = 0;
};

class Tray final : public QObject {
  Q_OBJECT
  Q_CLASSINFO("D-Bus Interface", "org.kde.StatusNotifierWatcher")
  Q_PROPERTY(bool IsStatusNotifierHostRegistered READ there)

 public:
  static bool there() { return true; }
  void press() const {
    QDBusMessage call =
        QDBusMessage::createMethodCall(icon_, QStringLiteral("/StatusNotifierItem"),
                                       QStringLiteral("org.kde.StatusNotifierItem"), QStringLiteral("Activate"));
    call.setArguments({0, 0});
    QDBusConnection::sessionBus().send(call);
  }

 public slots:
  void RegisterStatusNotifierItem(const QString& service) {
    icon_ = service;
    std::puts("tray");
    std::fflush(stdout);
  }

 signals:
  void StatusNotifierHostRegistered();

 private:
  QString icon_;
};

int main(int argc, char** argv) {
  QCoreApplication program(argc, argv);
  Notifications notifications;
  QDBusConnection bus = QDBusConnection::sessionBus();
  Tray tray;
  const bool there = bus.registerObject(QStringLiteral("/org/freedesktop/Notifications"), &notifications,
                                        QDBusConnection::ExportAllSlots | QDBusConnection::ExportAllSignals) &&
                     bus.registerService(QStringLiteral("org.freedesktop.Notifications")) &&
                     bus.registerObject(QStringLiteral("/StatusNotifierWatcher"), &tray,
                                        QDBusConnection::ExportAllSlots | QDBusConnection::ExportAllSignals |
                                            QDBusConnection::ExportAllProperties) &&
                     bus.registerService(QStringLiteral("org.kde.StatusNotifierWatcher"));
  std::puts(there ? "ready" : "no bus");
  std::fflush(stdout);
  QSocketNotifier input(STDIN_FILENO, QSocketNotifier::Read);
  QObject::connect(&input, &QSocketNotifier::activated, [&] {
    char line[64];
    const ssize_t count = ::read(STDIN_FILENO, line, sizeof(line) - 1);
    if (count <= 0) return QCoreApplication::quit();
    line[count] = '\0';
    const QByteArray word = QByteArray(line).trimmed();
    if (word == "tray") return tray.press();
    emit notifications.ActionInvoked(word.toUInt(), QStringLiteral("default"));
  });
  return QCoreApplication::exec();
}

#include "fake_desktop.moc"
