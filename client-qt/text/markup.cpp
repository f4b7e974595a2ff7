#include "client-qt/text/markup.h"

#include <QStringList>
#include <algorithm>

#include "client-qt/text/inline_markup.h"

namespace starling::qt {
namespace {

/// Quotes within quotes; deeper, the marks are text.
constexpr int kQuoteDepthMax = 4;

/// Length of the mark that makes the line an item; 0: it is none.
qsizetype item_mark(const QString& line, bool ordered) {
  if (!ordered) {
    const bool mark = line.startsWith(QLatin1String("- ")) || line.startsWith(QLatin1String("* ")) ||
                      line.startsWith(QLatin1String("+ "));
    return mark ? 2 : 0;
  }
  qsizetype digits = 0;
  while (digits < std::min<qsizetype>(line.size(), 4) && line[digits].isDigit()) ++digits;
  return digits > 0 && QStringView(line).sliced(digits).startsWith(QLatin1String(". ")) ? digits + 2 : 0;
}

class Blocks {
 public:
  Blocks(QStringList lines, const NameOf& name_of, QString& html, int depth)
      : lines_(std::move(lines)), name_of_(name_of), html_(html), depth_(depth) {}

  void run() {
    while (at_ < lines_.size()) {
      if (!fence() && !quote() && !list(false) && !list(true)) paragraph();
    }
  }

 private:
  const QString& line() const { return lines_[at_]; }

  bool fence() {
    if (!line().startsWith(QLatin1String("```"))) return false;
    qsizetype end = at_ + 1;
    while (end < lines_.size() && !lines_[end].startsWith(QLatin1String("```"))) ++end;
    if (end == lines_.size()) return false;  // never closed: it is text
    html_ += QLatin1String("<pre>");
    html_ += lines_.mid(at_ + 1, end - at_ - 1).join(QLatin1Char('\n')).toHtmlEscaped();
    html_ += QLatin1String("</pre>");
    at_ = end + 1;
    after_text_ = false;
    return true;
  }

  bool quote() {
    if (depth_ >= kQuoteDepthMax || !line().startsWith(QLatin1Char('>'))) return false;
    QStringList quoted;
    for (; at_ < lines_.size() && line().startsWith(QLatin1Char('>')); ++at_) {
      quoted += line().mid(line().startsWith(QLatin1String("> ")) ? 2 : 1);
    }
    html_ += QLatin1String("<blockquote>");
    Blocks(std::move(quoted), name_of_, html_, depth_ + 1).run();
    html_ += QLatin1String("</blockquote>");
    after_text_ = false;
    return true;
  }

  bool list(bool ordered) {
    if (item_mark(line(), ordered) == 0) return false;
    html_ += QLatin1String(ordered ? "<ol>" : "<ul>");
    for (; at_ < lines_.size() && item_mark(line(), ordered) > 0; ++at_) {
      html_ += QLatin1String("<li>");
      append_inline(QStringView(line()).sliced(item_mark(line(), ordered)), name_of_, html_);
      html_ += QLatin1String("</li>");
    }
    html_ += QLatin1String(ordered ? "</ol>" : "</ul>");
    after_text_ = false;
    return true;
  }

  bool begins_block() const {
    return line().startsWith(QLatin1String("```")) ||
           (line().startsWith(QLatin1Char('>')) && depth_ < kQuoteDepthMax) || item_mark(line(), false) > 0 ||
           item_mark(line(), true) > 0;
  }

  void paragraph() {
    QStringList text;
    do {
      text += lines_[at_++];
    } while (at_ < lines_.size() && !begins_block());
    const QString joined = text.join(QLatin1Char('\n')).trimmed();
    if (joined.isEmpty()) return;
    if (after_text_) html_ += QLatin1String("<br>");
    append_inline(joined, name_of_, html_);
    after_text_ = true;
  }

  QStringList lines_;
  const NameOf& name_of_;
  QString& html_;
  qsizetype at_ = 0;
  int depth_;
  bool after_text_ = false;
};

/// What takes room in a line and is not seen. What joins letters and says which way they run has a meaning, once.
bool is_invisible(QChar c, QChar before) {
  return c.category() == QChar::Other_Format && (c.unicode() < 0x200C || c.unicode() > 0x200F || c == before);
}

}  // namespace

QString to_html(const QString& text, const NameOf& name_of) {
  QString html;
  html.reserve(text.size() + text.size() / 4);
  QString clean = text;
  clean.remove(QLatin1Char('\r'));
  Blocks(clean.split(QLatin1Char('\n')), name_of, html, 0).run();
  return html;
}

QString to_line(const QString& text, const NameOf& name_of, qsizetype max) {
  QString out;
  const QStringView view(text);
  for (qsizetype at = 0; at < view.size() && out.size() < max;) {
    const Mention mention = view[at] == u'<' ? mention_at(view.sliced(at)) : Mention{};
    if (mention.length > 0) {
      out += QLatin1Char('@') + mention_name(mention, name_of);
      at += mention.length;
      continue;
    }
    const QChar c = view[at++];
    if (is_invisible(c, out.isEmpty() ? QChar() : out.back())) continue;
    if (!c.isSpace() && c.unicode() >= u' ') {
      out += c;
    } else if (!out.isEmpty() && !out.endsWith(QLatin1Char(' '))) {
      out += QLatin1Char(' ');
    }
  }
  if (out.size() < max) return out.trimmed();
  out.truncate(max - 1);
  if (!out.isEmpty() && out.back().isHighSurrogate()) out.chop(1);
  return out + QChar(0x2026);
}

QString mark_spans(const QString& text, const std::vector<std::pair<int, int>>& spans) {
  QString html;
  qsizetype at = 0;
  const QStringView view(text);
  for (const auto& [begin, end] : spans) {
    if (begin < at || end <= begin || end > view.size()) continue;
    html += view.sliced(at, begin - at).toString().toHtmlEscaped();
    html += QLatin1String("<b>") + view.sliced(begin, end - begin).toString().toHtmlEscaped() + QLatin1String("</b>");
    at = end;
  }
  html += view.sliced(at).toString().toHtmlEscaped();
  html.replace(QLatin1Char('\n'), QLatin1String("<br>"));
  return html;
}

}  // namespace starling::qt
