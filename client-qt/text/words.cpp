#include "client-qt/text/words.h"

#include <QDateTime>
#include <QLocale>
#include <QObject>
#include <array>

#include "common/base/rng.h"

namespace starling::qt {

QString initials_of(const QString& name) {
  QString out;
  const QStringList words = name.split(QLatin1Char(' '), Qt::SkipEmptyParts);
  for (const QString& word : words) {
    const qsizetype letter = word[0].isHighSurrogate() && word.size() > 1 ? 2 : 1;
    if (out.isEmpty() || &word == &words.back()) out += word.first(letter).toUpper();
  }
  return out;
}

QString list_of(const QStringList& names) {
  if (names.isEmpty()) return {};
  if (names.size() == 1) return names[0];
  if (names.size() == 2) return QObject::tr("%1 and %2").arg(names[0], names[1]);
  if (names.size() == 3) return QObject::tr("%1, %2 and %3").arg(names[0], names[1], names[2]);
  return QObject::tr("%1, %2 and %3 others").arg(names[0], names[1]).arg(names.size() - 2);
}

QString typing_text(const QStringList& names) {
  if (names.isEmpty()) return {};
  return names.size() == 1 ? QObject::tr("%1 is typing").arg(names[0])
                           : QObject::tr("%1 are typing").arg(list_of(names));
}

QString time_text(qint64 ms) {
  // Some locales' short form has seconds: nobody reads them in a conversation.
  const QString format = QLocale().timeFormat(QLocale::ShortFormat).remove(QLatin1String(":ss"));
  return QLocale().toString(QDateTime::fromMSecsSinceEpoch(ms).time(), format);
}

QString day_text(qint64 ms, qint64 now_ms) {
  const QDate day = QDateTime::fromMSecsSinceEpoch(ms).date();
  const QDate today = QDateTime::fromMSecsSinceEpoch(now_ms).date();
  const qint64 days = day.daysTo(today);
  if (days == 0) return QObject::tr("Today");
  if (days == 1) return QObject::tr("Yesterday");
  if (days > 1 && days < 7) return QLocale().dayName(day.dayOfWeek());
  const QString month = QLocale().monthName(day.month());
  return day.year() == today.year() ? QObject::tr("%1 %2").arg(day.day()).arg(month)
                                    : QObject::tr("%1 %2 %3").arg(day.day()).arg(month).arg(day.year());
}

QString ago_text(qint64 ms, qint64 now_ms) {
  if (ms == 0) return {};
  const qint64 minutes = (now_ms - ms) / 60'000;
  if (minutes < 1) return QObject::tr("just now");
  if (minutes < 60) return QObject::tr("%1 min ago").arg(minutes);
  if (minutes < 24 * 60) return QObject::tr("%1 h ago").arg(minutes / 60);
  return day_text(ms, now_ms);
}

QString color_of(quint64 id) {
  static constexpr std::array kPalette = {"#c2453d", "#b35c00", "#8a6d00", "#4d7a1f", "#1b7f5c",
                                          "#11758f", "#2f65c7", "#6a4fc4", "#9a3fb0", "#b83a74"};
  return QLatin1String(kPalette.at(mix64(id) % kPalette.size()));
}

}  // namespace starling::qt
