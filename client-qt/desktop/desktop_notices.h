// Messages as notices of the desktop (org.freedesktop.Notifications). What is one is the session's to say: what is
// not wanted makes none, nor what is read; nor does a room that somebody has in front of him. A press on it opens the room.
// https://specifications.freedesktop.org/notification-spec/1.2/
#pragma once

#include <QHash>
#include <QObject>
#include <QPointer>
#include <QString>
#include <QWindow>

namespace starling::qt {

class App;
class Session;

/// A room has one notice, which its next message replaces. Without such a service nothing happens. Owner: main.
class DesktopNotices final : public QObject {
  Q_OBJECT

 public:
  /// `window` is raised by a press.
  DesktopNotices(App* app, QWindow* window, QObject* parent = nullptr);

 private slots:
  void pressed(uint id, const QString& action);
  void closed(uint id, uint reason);

 private:
  void attach();
  void show(const QString& room, const QString& title, const QString& text);
  bool has_bus();
  bool in_front(const QString& room) const;

  App* app_;
  QPointer<QWindow> window_;
  QPointer<Session> session_;
  QHash<QString, uint> shown_;  // by room
  bool listens_ = false;        // to presses
};

}  // namespace starling::qt
