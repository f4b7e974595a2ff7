// Markup within a paragraph.
#pragma once

#include <QString>
#include <QStringView>

#include "client-qt/text/markup.h"

namespace starling::qt {

/// `<@ID>` or `<@room>` at the start of `text`. Length 0: there is none.
struct Mention {
  qsizetype length = 0;
  quint64 user = 0;  // 0: the whole room
};
Mention mention_at(QStringView text);
QString mention_name(const Mention& mention, const NameOf& name_of);

/// Linear in the text, whatever stands in it.
void append_inline(QStringView text, const NameOf& name_of, QString& html);

}  // namespace starling::qt
