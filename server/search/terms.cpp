#include "server/search/terms.h"

#include <algorithm>
#include <array>

#include "server/search/chars.h"
#include "server/search/fold.h"
#include "server/search/grams.h"
#include "server/search/limits.h"

namespace starling::search {
namespace {

constexpr std::array<std::string_view, 4> kQuotes{"\"", "“", "”", "„"};

std::size_t quote_at(std::string_view text, std::size_t at) {
  for (const std::string_view quote : kQuotes) {
    if (text.substr(at).starts_with(quote)) return quote.size();
  }
  return 0;
}

Term term_of(std::string_view folded) {
  Term term{.chars = decode_all(folded), .text = std::string(folded)};
  const bool is_short = term.chars.size() <= 2;
  term.begins_word = is_short && is_word(term.chars.front());
  return term;
}

void add_words(std::string_view folded, std::vector<Term>& terms) {
  while (!folded.empty()) {
    const std::size_t end = std::min(folded.find(' '), folded.size());
    if (end > 0) terms.push_back(term_of(folded.substr(0, end)));
    folded.remove_prefix(std::min(end + 1, folded.size()));
  }
}

bool begins_word(std::string_view folded, std::size_t at) {
  if (at == 0) return true;
  std::size_t before = at - 1;
  while (before > 0 && (static_cast<unsigned char>(folded[before]) & 0xC0) == 0x80) --before;
  return !is_word(decode(folded, before).c);
}

bool contains(std::string_view folded, const Term& term) {
  std::size_t at = folded.find(term.text);
  while (at != std::string_view::npos && term.begins_word && !begins_word(folded, at))
    at = folded.find(term.text, at + 1);
  return at != std::string_view::npos;
}

}  // namespace

std::string_view text_of(SearchError error) {
  switch (error) {
    case SearchError::Empty:
      return "nothing to search for; give a word";
    case SearchError::TooShort:
      return "a search needs a word of at least three characters, the first two of one, or two characters of Chinese, "
             "Japanese or Korean";
    case SearchError::TooLong:
      return "the search is too long; at most 512 bytes and 16 words";
    case SearchError::StaleCursor:
      return "the index was built anew; search again from the newest message";
    case SearchError::Unavailable:
      return "the search is not available for the moment; try again later";
  }
  return "";
}

Result<std::vector<Term>, SearchError> terms_of(std::string_view query) {
  if (query.size() > limits::kQueryBytesMax) return fail(SearchError::TooLong);
  std::vector<Term> terms;
  bool quoted = false;
  std::size_t begin = 0;
  const auto end_piece = [&](std::size_t end) {
    const std::string folded = fold(query.substr(begin, end - begin));
    if (folded.empty()) return;
    if (quoted) {
      terms.push_back(term_of(folded));
    } else {
      add_words(folded, terms);
    }
  };
  for (std::size_t at = 0; at < query.size();) {
    const std::size_t quote = quote_at(query, at);
    if (quote == 0) {
      ++at;
      continue;
    }
    end_piece(at);
    quoted = !quoted;
    at += quote;
    begin = at;
  }
  end_piece(query.size());
  if (terms.empty()) return fail(SearchError::Empty);
  if (terms.size() > limits::kTermsMax) return fail(SearchError::TooLong);
  return terms;
}

/// Every second token and the last one: they overlap, so each character of the term is in one of those that stay, and what
/// they let through is compared with the text anyway. Half the lists are read.
Result<std::vector<std::string>, SearchError> tokens_of(const std::vector<Term>& terms) {
  std::vector<std::string> tokens;
  for (const Term& term : terms) {
    std::vector<std::string> all;
    each_certain_gram(term.chars, term.begins_word, [&all](std::string_view token) {
      all.emplace_back(token);
      return true;
    });
    for (std::size_t i = 0; i < all.size() && tokens.size() < limits::kTokensMax; ++i) {
      if (i % 2 == 1 && i + 1 < all.size()) continue;
      if (std::find(tokens.begin(), tokens.end(), all[i]) == tokens.end()) tokens.push_back(std::move(all[i]));
    }
  }
  if (tokens.empty()) return fail(SearchError::TooShort);
  return tokens;
}

bool matches(const std::vector<Term>& terms, std::string_view folded) {
  return std::all_of(terms.begin(), terms.end(), [folded](const Term& term) { return contains(folded, term); });
}

}  // namespace starling::search
