#include "server/search/terms.h"

#include <gmock/gmock.h>

#include "common/base/rng.h"
#include "server/search/fold.h"
#include "server/search/grams.h"
#include "server/search/limits.h"
#include "server/search/tokenizer.h"

namespace starling::search {
namespace {

using testing::ElementsAre;

std::vector<std::string> texts(std::string_view query) {
  std::vector<std::string> all;
  const auto terms = terms_of(query);
  for (const Term& term : terms.value()) all.push_back(term.text);
  return all;
}
SearchError error_of(std::string_view query) {
  const auto terms = terms_of(query);
  if (!terms) return terms.error();
  const auto tokens = tokens_of(*terms);
  return tokens ? SearchError{} : tokens.error();
}
bool found(std::string_view query, std::string_view text) { return matches(*terms_of(query), fold(text)); }

TEST(Terms, SpacesSeparateAndQuotesHoldTogether) {
  EXPECT_THAT(texts("New  York"), ElementsAre("new", "york"));
  EXPECT_THAT(texts("in \"New  York\" now"), ElementsAre("in", "new york", "now"));
  EXPECT_THAT(texts("“New York„"), ElementsAre("new york"));
  EXPECT_THAT(texts("an \"open end"), ElementsAre("an", "open end"));
}

TEST(Terms, NothingElseIsSyntax) {
  EXPECT_THAT(texts("a* OR NOT col:x^2 (NEAR) -y"), ElementsAre("a*", "or", "not", "col:x^2", "(near)", "-y"));
}

TEST(Terms, WhatTheIndexCannotAnswerIsSaid) {
  EXPECT_EQ(error_of(""), SearchError::Empty);
  EXPECT_EQ(error_of(" \"\" \t"), SearchError::Empty);
  EXPECT_EQ(error_of("a"), SearchError::TooShort);
  EXPECT_EQ(error_of("好"), SearchError::TooShort);
  EXPECT_EQ(error_of("++"), SearchError::TooShort);
  EXPECT_EQ(error_of("ab"), SearchError{});
  EXPECT_EQ(error_of("你好"), SearchError{});
  EXPECT_EQ(error_of("👍"), SearchError{});
  EXPECT_EQ(error_of("i am"), SearchError{});
  EXPECT_THAT(std::string(text_of(SearchError::TooShort)), testing::HasSubstr("at least three characters"));
}

TEST(Terms, LengthIsCapped) {
  EXPECT_EQ(error_of(std::string(limits::kQueryBytesMax, 'a')), SearchError{});
  EXPECT_EQ(error_of(std::string(limits::kQueryBytesMax + 1, 'a')), SearchError::TooLong);
  std::string words;
  for (std::size_t i = 0; i < limits::kTermsMax; ++i) words += "word ";
  EXPECT_EQ(error_of(words), SearchError{});
  EXPECT_EQ(error_of(words + "word"), SearchError::TooLong);
}

TEST(Terms, ThreeCharactersMatchAnywhereTwoAtTheBeginningOfAWord) {
  EXPECT_TRUE(found("ppo", "suPPOrt"));
  EXPECT_TRUE(found("su", "(support)"));
  EXPECT_FALSE(found("pp", "support"));
  EXPECT_TRUE(found("好吗", "你好吗"));
  EXPECT_TRUE(found("i am", "am I"));
  EXPECT_FALSE(found("\"i am\"", "am I"));
}

TEST(Terms, EveryTokenOfAQueryIsOneOfTheTextThatItMatches) {
  // Otherwise the index would miss what the text contains.
  const std::vector<std::string_view> texts{"Hello, world: a C++ test (ok)", "我用iPhone手机 拍照👍🏽 ok吗",
                                            "Привет, как дела?"};
  Rng rng(5);
  for (int n = 0; n < 20'000; ++n) {
    const std::string folded = fold(texts[rng.below(texts.size())]);
    const std::size_t begin = rng.below(folded.size());
    const auto terms = terms_of('"' + folded.substr(begin, 1 + rng.below(20)) + '"');
    if (!terms || !matches(*terms, folded)) continue;
    const auto tokens = tokens_of(*terms);
    if (!tokens) continue;
    std::vector<std::string> indexed;
    each_gram(folded, [&](std::string_view token) {
      indexed.emplace_back(token);
      return true;
    });
    for (const std::string& token : *tokens) ASSERT_THAT(indexed, testing::Contains(token)) << terms->front().text;
  }
}

TEST(Terms, AHundredThousandHostileStringsAreNoSyntax) {
  sqlite::Connection connection({.path = ":memory:", .mode = sqlite::Connection::Mode::Create});
  register_tokenizer(connection);
  connection.exec(
      "CREATE VIRTUAL TABLE grams USING fts5(doc, content='', columnsize=0, detail=none, tokenize='starling')");
  connection.exec("INSERT INTO grams (rowid, doc) VALUES (1, 'hello world')");
  sqlite::Statement search(connection, "SELECT rowid FROM grams WHERE grams MATCH ? ORDER BY rowid DESC");
  const std::vector<std::string> pieces{"\"",
                                        "'",
                                        "*",
                                        "(",
                                        ")",
                                        " OR ",
                                        " AND ",
                                        " NOT ",
                                        "NEAR(",
                                        ":",
                                        "^",
                                        "-",
                                        "+",
                                        "{",
                                        "}",
                                        ",",
                                        "\\",
                                        ";",
                                        "--",
                                        "%",
                                        "_",
                                        "grams",
                                        "rowid",
                                        "hello",
                                        "world",
                                        "你好",
                                        "😀",
                                        std::string(1, '\0'),
                                        "\xFF",
                                        "\xC0\x80",
                                        "\xED\xA0\x80",
                                        "\x01",
                                        "\x01r1",
                                        " "};
  Rng rng(1);
  std::uint64_t asked = 0;
  for (int n = 0; n < 100'000; ++n) {
    std::string query;
    for (std::uint64_t i = 1 + rng.below(8); i > 0; --i) {
      query += rng.chance(1, 4) ? std::string(1, static_cast<char>(rng.below(256))) : pieces[rng.below(pieces.size())];
    }
    const auto terms = terms_of(query);
    if (!terms) continue;
    const auto tokens = tokens_of(*terms);
    if (!tokens) continue;
    ++asked;
    const std::string match = MatchText().all_of(*tokens).text();
    sqlite::Rows rows = search.query(match);
    ASSERT_NO_THROW(rows.next()) << query;
  }
  EXPECT_GT(asked, 50'000u);
}

}  // namespace
}  // namespace starling::search
