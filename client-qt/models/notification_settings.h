// What the user wants to be notified of: settings that are the same on all devices. A room that is muted is the room's matter.
#pragma once

#include <QObject>
#include <QString>
#include <QTimer>

namespace starling::qt {

class ItemBook;

/// Owner: the session.
class NotificationSettings final : public QObject {
  Q_OBJECT
  /// "all" messages, "mentions" and direct messages, "nothing".
  Q_PROPERTY(QString level READ level WRITE setLevel NOTIFY changed)
  Q_PROPERTY(bool preview READ preview WRITE setPreview NOTIFY changed)
  Q_PROPERTY(bool sound READ sound WRITE setSound NOTIFY changed)
  /// Do not disturb: until when, and whether that is still to come.
  Q_PROPERTY(qint64 quietUntilMs READ quietUntilMs NOTIFY changed)
  Q_PROPERTY(bool quiet READ quiet NOTIFY changed)

 public:
  explicit NotificationSettings(ItemBook* items, QObject* parent = nullptr);

  QString level() const;
  void setLevel(const QString& level);
  bool preview() const;
  void setPreview(bool shown);
  bool sound() const;
  void setSound(bool played);
  qint64 quietUntilMs() const;
  bool quiet() const;

  /// 0: not any longer.
  Q_INVOKABLE void quietFor(int minutes);
  /// Until eight o'clock.
  Q_INVOKABLE void quietUntilTomorrow();

  struct News {
    bool direct = false;
    bool mentions_me = false;
    bool muted = false;  // the room
  };
  bool wanted(const News& news) const;
  /// The items have been read.
  void restore();

 signals:
  void changed();

 private:
  QString value(const char* name) const;
  void put(const char* name, const QString& value);

  ItemBook* items_;
  QTimer quiet_ends_;
};

}  // namespace starling::qt
