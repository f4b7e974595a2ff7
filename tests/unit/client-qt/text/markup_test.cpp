#include "client-qt/text/markup.h"

#include <gtest/gtest.h>

#include <QElapsedTimer>
#include <QRegularExpression>

#include "common/base/rng.h"

namespace starling::qt {
namespace {

QString name_of(quint64 user) { return user == 7 ? QStringLiteral("Ann <b>") : QString(); }
std::string html(const char* text) { return to_html(QString::fromUtf8(text), name_of).toStdString(); }

TEST(Markup, plain_text_is_escaped_and_its_lines_are_kept) {
  EXPECT_EQ("a &lt;b&gt; &amp; &quot;c&quot;<br>d", html("a <b> & \"c\"\nd"));
}

TEST(Markup, bold_italic_struck_and_code_nest) {
  EXPECT_EQ("<b>a <i>b</i></b> <i>c</i> <s>d</s> <code>*e* &lt;</code>", html("**a *b*** _c_ ~~d~~ `*e* <`"));
}

TEST(Markup, a_mark_without_its_end_is_text) {
  EXPECT_EQ("2 * 3 ** 4", html("2 * 3 ** 4"));
  EXPECT_EQ("snake_case_name *x `y", html("snake_case_name *x `y"));
  EXPECT_EQ("*a*", html("\\*a\\*"));
}

TEST(Markup, only_http_links_are_links) {
  EXPECT_EQ("<a href=\"https://a.example/b?c=1&amp;d=2\">x</a>", html("[x](https://a.example/b?c=1&d=2)"));
  EXPECT_EQ("see <a href=\"http://a.example/b\">http://a.example/b</a>.", html("see http://a.example/b."));
  for (const char* bad :
       {"[x](javascript:alert(1))", "[x](file:///etc/passwd)", "[x](data:text/html,y)", "[x](//a.b)"}) {
    EXPECT_EQ(std::string::npos, html(bad).find("<a")) << bad;
  }
  EXPECT_EQ(std::string::npos, html("[x](https://a.example/\"onclick=\"y)").find("onclick=\""));
}

TEST(Markup, blocks_of_code_quotes_and_lists) {
  EXPECT_EQ("<pre>a &lt;b&gt;\n**c**</pre>", html("```cpp\na <b>\n**c**\n```"));
  EXPECT_EQ("<blockquote>a<br>b</blockquote>c", html("> a\n> b\nc"));
  EXPECT_EQ("<ul><li>a</li><li><b>b</b></li></ul>", html("- a\n- **b**"));
  EXPECT_EQ("<ol><li>a</li><li>b</li></ol>", html("1. a\n2. b"));
  EXPECT_EQ("```<br>never closed", html("```\nnever closed"));
}

TEST(Markup, mentions_are_names_and_names_are_escaped) {
  EXPECT_EQ("<b>@Ann &lt;b&gt;</b> and <b>@room</b> and <b>@user 9</b>", html("<@7> and <@room> and <@9>"));
  EXPECT_EQ("&lt;@&gt; &lt;@x&gt; &lt;@99999999999999999999999&gt; &lt;@0&gt;",
            html("<@> <@x> <@99999999999999999999999> <@0>"));
}

/// Whatever is left when the known tags are taken away holds no bracket.
void expect_safe(const QString& out, const QString& in) {
  static const QRegularExpression tags(
      QStringLiteral("</?(b|i|s|code|pre|blockquote|ul|ol|li)>|<br>|</a>|<a href=\"https?://[^\"<>]*\">"));
  QString left = out;
  left.remove(tags);
  ASSERT_FALSE(left.contains(QLatin1Char('<')) || left.contains(QLatin1Char('>'))) << in.toStdString() << "\n"
                                                                                   << out.toStdString();
}

TEST(Markup, no_bracket_of_any_input_survives) {
  const QStringList pieces = {
      "<",        ">",           "<b>", "</b>", "&",    "\"",         "'",  "*",       "**",
      "_",        "`",           "``",  "```",  "\n",   "> ",         "- ", "1. ",     "[",
      "](",       ")",           "\\",  "~~",   "<@7>", "<@room>",    "<@", "http://", "https://a.b/",
      "<script>", "javascript:", "x",   " ",    "é",    "\U0001F426", "\t", "\r"};
  Rng rng(1);
  for (int run = 0; run < 20'000; ++run) {
    QString in;
    for (std::uint64_t i = rng.below(14); i > 0; --i) {
      in += pieces[static_cast<qsizetype>(rng.below(static_cast<std::uint64_t>(pieces.size())))];
    }
    expect_safe(to_html(in, name_of), in);
    if (HasFatalFailure()) return;
  }
}

TEST(Markup, random_characters_are_safe_too) {
  Rng rng(2);
  for (int run = 0; run < 5'000; ++run) {
    QString in;
    for (std::uint64_t i = rng.below(60); i > 0; --i) {
      const QChar c(static_cast<char16_t>(rng.below(rng.chance(1, 8) ? 0x10000 : 128)));
      if (!c.isSurrogate()) in += c;
    }
    expect_safe(to_html(in, name_of), in);
    if (HasFatalFailure()) return;
  }
}

TEST(Markup, the_worst_input_of_full_length_is_quick) {
  for (const char* piece :
       {"*", "_", "**a", "[", "[x](", "`", "``a", "~~", "<@", "> ", "- ", "*a _b ", "http://", "_a"}) {
    const QString in = QString::fromUtf8(piece).repeated(16 * 1024 / static_cast<int>(strlen(piece)));
    QElapsedTimer clock;
    clock.start();
    expect_safe(to_html(in, name_of), QString::fromUtf8(piece));
    EXPECT_LT(clock.elapsed(), 1000) << piece;
  }
}

TEST(Markup, a_line_is_one_line_with_names_and_an_end) {
  EXPECT_EQ("hi @Ann <b>, there", to_line(QStringLiteral("hi <@7>,\n\n there "), name_of).toStdString());
  EXPECT_EQ(
      "end",
      to_line(QStringLiteral("end") + QStringLiteral("\u2060\uFEFF\u200B").repeated(90), name_of, 10).toStdString())
      << "what nobody sees is no reason to cut";
  EXPECT_EQ(4, to_line(QStringLiteral("end") + QString(90, QChar(0x200C)), name_of, 10).size());
  EXPECT_EQ(10, to_line(QString(500, QLatin1Char('x')), name_of, 10).size());
}

TEST(Markup, spans_are_marked_and_wrong_ones_left_out) {
  EXPECT_EQ("a <b>&lt;b</b> c", mark_spans(QStringLiteral("a <b c"), {{2, 4}, {3, 5}, {4, 99}, {-1, 2}}).toStdString());
}

}  // namespace
}  // namespace starling::qt
