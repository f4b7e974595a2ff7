#include "client-qt/text/inline_markup.h"

#include <QObject>
#include <QUrl>
#include <array>
#include <bitset>

namespace starling::qt {
namespace {

/// Markup within markup; deeper, it is text.
constexpr int kDepthMax = 6;
constexpr qsizetype kUrlMax = 2048;

bool is_word(QChar c) { return c.isLetterOrNumber() || c == u'_'; }

class Inline {
 public:
  Inline(QStringView text, const NameOf& name_of, QString& html, int depth, bool in_link)
      : text_(text), name_of_(name_of), html_(html), depth_(depth), in_link_(in_link) {}

  void run() {
    while (at_ < text_.size()) {
      if (!escape() && !code() && !emphasis() && !link() && !bare_link() && !mention()) plain();
    }
  }

 private:
  enum Missing : std::size_t { Star, TwoStars, Bar, TwoBars, Tilde, LinkEnd, kKinds };

  QStringView rest() const { return text_.sliced(at_); }
  bool starts(QStringView what) const { return rest().startsWith(what); }
  QChar before() const { return at_ > 0 ? text_[at_ - 1] : QChar(u' '); }

  void plain() {
    const QChar c = text_[at_++];
    if (c == u'\n') {
      html_ += QLatin1String("<br>");
    } else {
      append_escaped(QStringView(&c, 1));
    }
  }

  void append_escaped(QStringView what) {
    for (const QChar c : what) {
      switch (c.unicode()) {
        case u'<':
          html_ += QLatin1String("&lt;");
          break;
        case u'>':
          html_ += QLatin1String("&gt;");
          break;
        case u'&':
          html_ += QLatin1String("&amp;");
          break;
        case u'"':
          html_ += QLatin1String("&quot;");
          break;
        case u'\'':
          html_ += QLatin1String("&#39;");
          break;
        default:
          html_ += c.unicode() < u' ' && c != u'\t' ? QChar(QChar::ReplacementCharacter) : c;
      }
    }
  }

  void inner(QStringView what, bool in_link) { Inline(what, name_of_, html_, depth_ + 1, in_link).run(); }

  bool escape() {
    if (text_[at_] != u'\\' || at_ + 1 >= text_.size()) return false;
    if (!QStringView(u"\\`*_~[]()<>#-+.!").contains(text_[at_ + 1])) return false;
    append_escaped(text_.sliced(at_ + 1, 1));
    at_ += 2;
    return true;
  }

  bool code() {
    if (text_[at_] != u'`') return false;
    qsizetype ticks = 1;
    while (at_ + ticks < text_.size() && text_[at_ + ticks] == u'`') ++ticks;
    const QStringView fence = text_.sliced(at_, ticks);
    // The runs of other lengths between are looked at once for each length at most.
    const std::size_t kind = static_cast<std::size_t>(std::min<qsizetype>(ticks, 15));
    const qsizetype end = no_ticks_[kind] ? -1 : text_.indexOf(fence, at_ + ticks);
    if (end < 0) {
      no_ticks_[kind] = true;
      append_escaped(fence);
      at_ += ticks;
      return true;
    }
    html_ += QLatin1String("<code>");
    append_escaped(text_.sliced(at_ + ticks, end - at_ - ticks));
    html_ += QLatin1String("</code>");
    at_ = end + ticks;
    return true;
  }

  bool emphasis() {
    struct Kind {
      QStringView mark;
      QLatin1String open;
      QLatin1String close;
      Missing missing;
    };
    static const std::array kinds = {
        Kind{u"**", QLatin1String("<b>"), QLatin1String("</b>"), TwoStars},
        Kind{u"__", QLatin1String("<b>"), QLatin1String("</b>"), TwoBars},
        Kind{u"~~", QLatin1String("<s>"), QLatin1String("</s>"), Tilde},
        Kind{u"*", QLatin1String("<i>"), QLatin1String("</i>"), Star},
        Kind{u"_", QLatin1String("<i>"), QLatin1String("</i>"), Bar},
    };
    if (depth_ >= kDepthMax) return false;
    for (const Kind& kind : kinds) {
      if (!starts(kind.mark) || missing_[kind.missing]) continue;
      const qsizetype begin = at_ + kind.mark.size();
      if (begin >= text_.size() || text_[begin].isSpace()) continue;
      if (kind.mark[0] == u'_' && is_word(before())) continue;  // snake_case
      const qsizetype end = closing(kind.mark, begin);
      if (end < 0) {
        missing_[kind.missing] = true;
        continue;
      }
      html_ += kind.open;
      inner(text_.sliced(begin, end - begin), in_link_);
      html_ += kind.close;
      at_ = end + kind.mark.size();
      return true;
    }
    return false;
  }

  qsizetype closing(QStringView mark, qsizetype begin) const {
    for (qsizetype end = text_.indexOf(mark, begin + 1); end >= 0; end = text_.indexOf(mark, end + 1)) {
      const qsizetype after = end + mark.size();
      if (text_[end - 1].isSpace()) continue;
      if (mark.size() == 1 && after < text_.size() && text_[after] == mark[0]) {
        ++end;  // the inner end of a longer mark
        continue;
      }
      // "**a *b***": the mark's end is the outer one.
      if (mark.size() == 2 && after < text_.size() && text_[after] == mark[0]) return end + 1;
      if (mark[0] == u'_' && after < text_.size() && is_word(text_[after])) continue;
      return end;
    }
    return -1;
  }

  bool link() {
    if (text_[at_] != u'[' || in_link_ || missing_[LinkEnd] || depth_ >= kDepthMax) return false;
    const qsizetype middle = text_.indexOf(u"](", at_);
    if (middle < 0) {
      missing_[LinkEnd] = true;
      return false;
    }
    // A nearer bracket has the better claim.
    if (text_.sliced(at_ + 1, middle - at_ - 1).contains(u'[') || middle == at_ + 1) return false;
    const qsizetype begin = middle + 2;
    const qsizetype end = text_.sliced(begin, std::min(kUrlMax, text_.size() - begin)).indexOf(u')');
    if (end < 0) return false;
    const QString url = safe_url(text_.sliced(begin, end));
    if (url.isEmpty()) return false;
    open_link(url);
    inner(text_.sliced(at_ + 1, middle - at_ - 1), true);
    html_ += QLatin1String("</a>");
    at_ = begin + end + 1;
    return true;
  }

  bool bare_link() {
    if (in_link_ || text_[at_] != u'h' || is_word(before())) return false;
    if (!starts(u"http://") && !starts(u"https://")) return false;
    qsizetype length = 0;
    const QStringView ahead = rest();
    while (length < std::min(kUrlMax, ahead.size()) && !ahead[length].isSpace() &&
           !QStringView(u"<>\"`").contains(ahead[length])) {
      ++length;
    }
    while (length > 0 && QStringView(u".,;:!?)'*_~").contains(ahead[length - 1])) --length;
    const QString url = safe_url(ahead.first(length));
    if (url.isEmpty()) return false;
    open_link(url);
    append_escaped(ahead.first(length));
    html_ += QLatin1String("</a>");
    at_ += length;
    return true;
  }

  /// Empty unless it is an absolute http(s) address.
  static QString safe_url(QStringView written) {
    const QUrl url(written.trimmed().toString(), QUrl::StrictMode);
    const bool http = url.scheme() == QLatin1String("http") || url.scheme() == QLatin1String("https");
    if (!url.isValid() || !http || url.host().isEmpty()) return {};
    return QString::fromLatin1(url.toEncoded());
  }

  void open_link(const QString& url) {
    html_ += QLatin1String("<a href=\"");
    append_escaped(url);
    html_ += QLatin1String("\">");
  }

  bool mention() {
    if (text_[at_] != u'<') return false;
    const Mention found = mention_at(rest());
    if (found.length == 0) return false;
    html_ += QLatin1String("<b>@");
    append_escaped(mention_name(found, name_of_));
    html_ += QLatin1String("</b>");
    at_ += found.length;
    return true;
  }

  QStringView text_;
  const NameOf& name_of_;
  QString& html_;
  qsizetype at_ = 0;
  int depth_;
  bool in_link_;
  std::bitset<kKinds> missing_;  // no such end lies ahead: not looked for again
  std::bitset<16> no_ticks_;
};

}  // namespace

Mention mention_at(QStringView text) {
  static const QStringView kRoom = u"<@room>";
  if (text.startsWith(kRoom)) return {.length = kRoom.size()};
  if (!text.startsWith(u"<@")) return {};
  qsizetype end = 2;
  while (end < std::min<qsizetype>(text.size(), 22) && text[end] >= u'0' && text[end] <= u'9') ++end;
  bool good = false;
  const quint64 user = text.sliced(2, end - 2).toULongLong(&good);
  if (!good || user == 0 || end >= text.size() || text[end] != u'>') return {};
  return {.length = end + 1, .user = user};
}

QString mention_name(const Mention& mention, const NameOf& name_of) {
  if (mention.user == 0) return QStringLiteral("room");
  const QString name = name_of ? name_of(mention.user) : QString();
  return name.isEmpty() ? QObject::tr("user %1").arg(mention.user) : name;
}

void append_inline(QStringView text, const NameOf& name_of, QString& html) {
  Inline(text, name_of, html, 0, false).run();
}

}  // namespace starling::qt
