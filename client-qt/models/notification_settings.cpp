#include "client-qt/models/notification_settings.h"

#include <QDateTime>
#include <algorithm>

#include "client-qt/models/items.h"

namespace starling::qt {
namespace {

// Keys of items; absent: the first of what they may be.
constexpr const char* kLevel = "notify";            // "all", "mentions", "nothing"
constexpr const char* kPreview = "notify_preview";  // "on", "off"
constexpr const char* kSound = "notify_sound";      // "on", "off"
constexpr const char* kQuietUntil = "quiet_until";  // ms since 1970

constexpr int kTomorrowHour = 8;
constexpr qint64 kTimerMsMax = 3'600'000;  // a timer counts no suspended hours: it looks at the clock again

}  // namespace

NotificationSettings::NotificationSettings(ItemBook* items, QObject* parent) : QObject(parent), items_(items) {
  quiet_ends_.setSingleShot(true);
  connect(&quiet_ends_, &QTimer::timeout, this, &NotificationSettings::restore);
  connect(items_, &ItemBook::changed, this, [this](const wire::Item& item) {
    if (item.kind == wire::ItemKind::Setting) restore();
  });
}

void NotificationSettings::restore() {
  if (quiet()) {
    const qint64 wait = quietUntilMs() - QDateTime::currentMSecsSinceEpoch();
    quiet_ends_.start(static_cast<int>(std::clamp<qint64>(wait, 0, kTimerMsMax)));
  }
  emit changed();
}

QString NotificationSettings::value(const char* name) const {
  return QString::fromStdString(items_->value(wire::ItemKind::Setting, name));
}

void NotificationSettings::put(const char* name, const QString& value) {
  items_->put(wire::ItemKind::Setting, name, value.toStdString());
}

QString NotificationSettings::level() const {
  const QString level = value(kLevel);
  return level.isEmpty() ? QStringLiteral("all") : level;
}
void NotificationSettings::setLevel(const QString& level) {
  put(kLevel, level == QLatin1String("all") ? QString() : level);
}

bool NotificationSettings::preview() const { return value(kPreview) != QLatin1String("off"); }
void NotificationSettings::setPreview(bool shown) { put(kPreview, shown ? QString() : QStringLiteral("off")); }

bool NotificationSettings::sound() const { return value(kSound) != QLatin1String("off"); }
void NotificationSettings::setSound(bool played) { put(kSound, played ? QString() : QStringLiteral("off")); }

qint64 NotificationSettings::quietUntilMs() const { return value(kQuietUntil).toLongLong(); }
bool NotificationSettings::quiet() const { return quietUntilMs() > QDateTime::currentMSecsSinceEpoch(); }

void NotificationSettings::quietFor(int minutes) {
  put(kQuietUntil,
      minutes <= 0 ? QString() : QString::number(QDateTime::currentMSecsSinceEpoch() + qint64{minutes} * 60'000));
}

void NotificationSettings::quietUntilTomorrow() {
  const QDateTime morning(QDate::currentDate().addDays(1), QTime(kTomorrowHour, 0));
  put(kQuietUntil, QString::number(morning.toMSecsSinceEpoch()));
}

bool NotificationSettings::wanted(const News& news) const {
  if (quiet() || level() == QLatin1String("nothing")) return false;
  if (news.mentions_me) return true;
  if (news.muted) return false;
  return news.direct || level() != QLatin1String("mentions");
}

}  // namespace starling::qt
