#include "client-qt/models/directory.h"

#include <QJsonArray>
#include <QStringList>
#include <QVariantMap>

#include "client-qt/account/api.h"
#include "client-qt/cache/cache.h"

namespace starling::qt {
namespace {

/// Ids in one question, as the API has it.
constexpr std::size_t kIdsMax = 100;
/// Names that are missed together are asked for together.
constexpr int kSoonMs = 30;

}  // namespace

Directory::Directory(Api* api, Cache* cache, QObject* parent) : QObject(parent), api_(api), cache_(cache) {
  soon_.setSingleShot(true);
  soon_.setInterval(kSoonMs);
  connect(&soon_, &QTimer::timeout, this, &Directory::ask);
}

void Directory::restore(const std::vector<ProfileRow>& profiles) {
  for (const ProfileRow& row : profiles) {
    Person*& person = people_[row.user];
    if (person == nullptr) person = new Person(row.user, this);
    person->set_facts({.handle = QString::fromStdString(row.handle),
                       .name = QString::fromStdString(row.name),
                       .color = QString::fromStdString(row.color),
                       .status = QString::fromStdString(row.status)});
  }
}

Person* Directory::person(UserId user) {
  Person*& found = people_[user];
  if (found == nullptr) {
    found = new Person(user, this);
    want(user);
  }
  return found;
}

void Directory::want(UserId user) {
  if (!user || absent_) return;
  wanted_.insert(user);
  if (!soon_.isActive()) soon_.start();
}

void Directory::retry() {
  absent_ = false;
  for (const auto& [user, person] : people_) {
    if (person->handle().isEmpty()) want(user);
  }
}

void Directory::ask() {
  if (wanted_.empty() || !api_->credentials().has_any()) return;
  QStringList ids;
  while (!wanted_.empty() && static_cast<std::size_t>(ids.size()) < kIdsMax) {
    ids += id_text(wanted_.extract(wanted_.begin()).value().value);
  }
  api_->get(QStringLiteral("/v1/users?ids=") + ids.join(QLatin1Char(',')), this, [this](const HttpReply& reply) {
    if (!reply.ok()) {
      absent_ = true;  // until retry()
      return;
    }
    for (const QJsonValue& each : reply.body.value(QLatin1String("users")).toArray()) learn(each.toObject());
    if (!wanted_.empty()) ask();
  });
}

UserId Directory::learn(const QJsonObject& profile) {
  const UserId user(id_of(profile.value(QLatin1String("user"))));
  if (!user) return user;
  Person*& person = people_[user];
  if (person == nullptr) person = new Person(user, this);
  wanted_.erase(user);
  Person::Facts facts = person->facts();
  facts.handle = profile.value(QLatin1String("handle")).toString();
  facts.name = profile.value(QLatin1String("display_name")).toString();
  facts.color = profile.value(QLatin1String("avatar_color")).toString();
  facts.status = profile.value(QLatin1String("status_text")).toString();
  if (facts == person->facts()) return user;
  person->set_facts(facts);
  cache_->write({.ops = {StoreProfile{{.user = user,
                                       .handle = facts.handle.toStdString(),
                                       .name = facts.name.toStdString(),
                                       .color = facts.color.toStdString(),
                                       .status = facts.status.toStdString()}}}});
  emit changed(user);
  return user;
}

UserId Directory::by_handle(const QString& handle) const {
  for (const auto& [user, person] : people_) {
    if (person->handle() == handle) return user;
  }
  return {};
}

void Directory::set_presence(UserId user, Presence presence, qint64 last_seen_ms) {
  Person* who = person(user);
  Person::Facts facts = who->facts();
  facts.presence = presence == Presence::Online ? QStringLiteral("online")
                   : presence == Presence::Away ? QStringLiteral("away")
                                                : QStringLiteral("offline");
  facts.last_seen_ms = last_seen_ms;
  if (facts == who->facts()) return;
  who->set_facts(facts);
  emit changed(user);
}

QVariantMap person_roles(const Person& person) {
  return {{QStringLiteral("userId"), person.userId()},         {QStringLiteral("name"), person.name()},
          {QStringLiteral("handle"), person.handle()},         {QStringLiteral("color"), person.color()},
          {QStringLiteral("initials"), person.initials()},     {QStringLiteral("presence"), person.presence()},
          {QStringLiteral("statusText"), person.statusText()}, {QStringLiteral("lastSeenText"), person.lastSeenText()}};
}

}  // namespace starling::qt
