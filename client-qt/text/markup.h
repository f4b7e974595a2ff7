// What people write, as the rich text that Qt shows: a small Markdown. Everything that is not markup is escaped; the only
// tags are those written here, the only links go to http and https.
#pragma once

#include <QString>
#include <functional>
#include <utility>
#include <vector>

namespace starling::qt {

/// The name of a user, or an empty string when it is not known.
using NameOf = std::function<QString(quint64 user)>;

/// Bold, italic, struck, code, code blocks, links, quotes, lists, mentions.
QString to_html(const QString& text, const NameOf& name_of);

/// One line for lists and notifications: mentions by name, markup left as written, at most `max` characters.
QString to_line(const QString& text, const NameOf& name_of, qsizetype max = 160);

/// Escaped, with the spans [begin, end) (UTF-16 code units) marked; wrong spans are left out.
QString mark_spans(const QString& text, const std::vector<std::pair<int, int>>& spans);

}  // namespace starling::qt
