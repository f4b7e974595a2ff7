// Small things that are shown as words.
#pragma once

#include <QString>
#include <QStringList>

namespace starling::qt {

/// "AB" of "Ann Berg": at most two letters.
QString initials_of(const QString& name);
/// "Ann", "Ann and Bo", "Ann, Bo and 2 others"; empty of none.
QString list_of(const QStringList& names);
QString typing_text(const QStringList& names);
/// "14:05".
QString time_text(qint64 ms);
/// "Today", "Yesterday", "Monday", "3 May", "3 May 2024", as of `now_ms`.
QString day_text(qint64 ms, qint64 now_ms);
/// "just now", "5 minutes ago", … ; empty of 0.
QString ago_text(qint64 ms, qint64 now_ms);
/// A colour of a fixed palette for who has chosen none.
QString color_of(quint64 id);

}  // namespace starling::qt
