// Everybody whom this account has met: names, colours, presence.
#pragma once

#include <QJsonObject>
#include <QObject>
#include <QTimer>
#include <set>
#include <unordered_map>
#include <vector>

#include "client-qt/cache/rows.h"
#include "client-qt/models/person.h"

namespace starling::qt {

class Api;
class Cache;

enum class Presence : std::uint8_t { Offline = 0, Away = 1, Online = 2 };

/// Who is not known is asked for, many at a time, and kept in the cache. Owner: the GUI's thread.
class Directory final : public QObject {
  Q_OBJECT

 public:
  Directory(Api* api, Cache* cache, QObject* parent = nullptr);

  void restore(const std::vector<ProfileRow>& profiles);
  /// Never null; it lives as long as the directory.
  Person* person(UserId user);
  QString name(UserId user) { return person(user)->name(); }
  /// Of those whom this account has met; zero: nobody.
  UserId by_handle(const QString& handle) const;
  /// A Profile of the HTTP API.
  UserId learn(const QJsonObject& profile);
  /// What PresenceChanged says is handled here.
  void set_presence(UserId user, Presence presence, qint64 last_seen_ms);
  /// Questions that failed may be asked again.
  void retry();

 signals:
  void changed(starling::UserId user);

 private:
  void want(UserId user);
  void ask();

  Api* api_;
  Cache* cache_;
  std::unordered_map<UserId, Person*> people_;
  std::set<UserId> wanted_;
  QTimer soon_;
  bool absent_ = false;  // this server does not answer such questions
};

/// A Profile's roles as MemberModel and PeopleModel have them.
QVariantMap person_roles(const Person& person);

}  // namespace starling::qt
