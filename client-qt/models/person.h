// Somebody, as pages show them.
#pragma once

#include <QObject>
#include <QString>

#include "common/base/ids.h"

namespace starling::qt {

/// Owner: the directory.
class Person final : public QObject {
  Q_OBJECT
  Q_PROPERTY(QString userId READ userId CONSTANT)
  Q_PROPERTY(QString handle READ handle NOTIFY changed)
  Q_PROPERTY(QString name READ name NOTIFY changed)
  Q_PROPERTY(QString displayName READ name NOTIFY changed)
  Q_PROPERTY(QString color READ color NOTIFY changed)
  Q_PROPERTY(QString initials READ initials NOTIFY changed)
  Q_PROPERTY(QString statusText READ statusText NOTIFY changed)
  Q_PROPERTY(QString presence READ presence NOTIFY changed)
  Q_PROPERTY(QString lastSeenText READ lastSeenText NOTIFY changed)

 public:
  /// "online", "away" or "offline".
  struct Facts {
    QString handle;
    QString name;
    QString color;
    QString status;
    QString presence = QStringLiteral("offline");
    qint64 last_seen_ms = 0;
    bool operator==(const Facts&) const = default;
  };

  explicit Person(UserId user, QObject* parent = nullptr);

  UserId user() const { return user_; }
  const Facts& facts() const { return facts_; }
  void set_facts(const Facts& facts);

  QString userId() const;
  QString handle() const { return facts_.handle; }
  QString name() const;
  QString color() const;
  QString initials() const;
  QString statusText() const { return facts_.status; }
  QString presence() const { return facts_.presence; }
  QString lastSeenText() const;

 signals:
  void changed();

 private:
  UserId user_;
  Facts facts_;
};

}  // namespace starling::qt
