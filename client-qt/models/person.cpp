#include "client-qt/models/person.h"

#include <QDateTime>

#include "client-qt/text/words.h"

namespace starling::qt {

Person::Person(UserId user, QObject* parent) : QObject(parent), user_(user) {}

void Person::set_facts(const Facts& facts) {
  if (facts == facts_) return;
  facts_ = facts;
  emit changed();
}

QString Person::userId() const { return QString::number(user_.value); }

QString Person::name() const {
  if (!facts_.name.isEmpty()) return facts_.name;
  return facts_.handle.isEmpty() ? tr("User %1").arg(user_.value) : facts_.handle;
}

QString Person::color() const { return facts_.color.isEmpty() ? color_of(user_.value) : facts_.color; }
QString Person::initials() const { return initials_of(name()); }
QString Person::lastSeenText() const { return ago_text(facts_.last_seen_ms, QDateTime::currentMSecsSinceEpoch()); }

}  // namespace starling::qt
