#include "tests/bench/search/questions.h"

#include <algorithm>
#include <functional>

#include "server/search/chars.h"
#include "server/search/terms.h"

namespace starling::bench {
namespace {

std::string piece(const std::string& text, std::size_t at, std::size_t count) {
  const std::u32string chars = search::decode_all(text);
  std::string out;
  for (std::size_t i = at; i < std::min(chars.size(), at + count); ++i) search::append_utf8(out, chars[i]);
  return out;
}
std::size_t length(const std::string& text) { return search::decode_all(text).size(); }

/// Three words of a letter or two are no phrase that the index knows.
bool is_taken(const std::string& query) {
  const auto terms = search::terms_of(query);
  return terms && search::tokens_of(*terms);
}

class Questions {
 public:
  Questions(const Corpus& corpus, std::uint64_t seed) : corpus_(corpus), rng_(seed) {}

  const Sample& sample() { return corpus_.samples[rng_.below(corpus_.samples.size())]; }
  const Words& words() { return corpus_.words[rng_.below(corpus_.words.size())]; }

  /// A word of such a rank and of so many characters.
  std::string word(std::size_t from, std::size_t to, std::size_t shortest) {
    for (;;) {
      const Words& of = words();
      const std::string& word = of.at(from + rng_.below(to - from));
      if (length(word) >= (of.gap().empty() ? 2 : shortest)) return word;
    }
  }
  std::string frequent() { return word(0, 60, 3); }
  std::string rare() { return word(5'000, 30'000, 4); }
  std::string either() { return rng_.chance(1, 2) ? frequent() : rare(); }

  std::string middle() {
    for (;;) {
      const Words& of = words();
      const std::string& word = of.at(100 + rng_.below(5'000));
      if (!of.gap().empty() && length(word) >= 7) return piece(word, 1 + rng_.below(2), 4);
    }
  }
  std::string two_chinese() {
    const Words& of = corpus_.words[static_cast<std::size_t>(Script::Chinese)];
    for (;;) {
      const std::string& word = of.at(rng_.below(3'000));
      if (length(word) == 2) return word;
    }
  }
  /// Words in a row out of a message.
  std::string row(std::size_t count) {
    for (;;) {
      const std::string& body = sample().body;
      const std::size_t chars = length(body);
      const auto space = body.find(' ');
      if (space == std::string::npos) {
        if (chars >= 4) return piece(body, rng_.below(chars - 3), 4);
        continue;
      }
      std::size_t end = space;
      for (std::size_t n = 1; n < count && end != std::string::npos; ++n) end = body.find(' ', end + 1);
      const std::string text = body.substr(0, end);
      if (length(text) >= 5 && is_taken('"' + text + '"')) return text;
    }
  }
  /// Frequent words as nobody says them: the index proposes much of which the texts have nothing.
  std::string said_by_nobody() {
    const Words& of = words();
    std::string text = "\"";
    for (int n = 0; n < 4;) {
      const std::string& next = of.at(rng_.below(25));
      if (n == 1 && length(next) < 3 && !of.gap().empty()) continue;  // words of one letter alone are refused
      text += (n++ == 0 ? "" : std::string(of.gap())) + next;
    }
    return text + '"';
  }
  std::string nowhere() {
    if (rng_.chance(1, 3)) {
      std::string text;
      for (std::uint64_t left = 6 + rng_.below(5); left > 0; --left) text += static_cast<char>('a' + rng_.below(26));
      return text;
    }
    // Its pieces are everywhere.
    if (rng_.chance(1, 2)) return word(0, 500, 4) + "q" + word(0, 500, 4);
    return word(20'000, 30'000, 5) + " " + word(20'000, 30'000, 5);
  }

  Rng& rng() { return rng_; }

 private:
  const Corpus& corpus_;
  Rng rng_;
};

}  // namespace

std::vector<Kind> questions_of(const Corpus& corpus, std::size_t each, std::uint64_t seed) {
  std::vector<Kind> kinds;
  std::uint64_t stream = 0;
  const auto add = [&](const char* name, const std::function<Question(Questions&)>& make) {
    Questions from(corpus, mix64(seed + ++stream));
    Kind kind{.name = name, .questions = {}};
    for (std::size_t i = 0; i < each; ++i) kind.questions.push_back(make(from));
    kinds.push_back(std::move(kind));
  };
  const UserId everywhere = corpus.everywhere;
  const auto asked = [&](std::string text, bool must_hit = false) {
    return Question{.query = {.user = everywhere, .text = std::move(text)}, .must_hit = must_hit};
  };
  add("frequent word", [&](Questions& q) { return asked(q.frequent()); });
  add("rare word", [&](Questions& q) { return asked(q.rare()); });
  add("middle of a word", [&](Questions& q) { return asked(q.middle()); });
  add("two Chinese characters", [&](Questions& q) { return asked(q.two_chinese()); });
  add("two first letters", [&](Questions& q) { return asked(piece(q.frequent(), 0, 2)); });
  add("phrase", [&](Questions& q) { return asked('"' + q.row(3) + '"', true); });
  add("several words", [&](Questions& q) { return asked(q.row(3), true); });
  add("in one room", [&](Questions& q) {
    Question question = asked(q.either());
    question.query.room = q.sample().room;
    return question;
  });
  add("by sender and date", [&](Questions& q) {
    const Sample& sample = q.sample();
    Question question = asked(q.either());
    question.query.sender = sample.sender;
    question.query.from = sample.ts - std::chrono::hours(24 * 30);
    question.query.to = sample.ts + std::chrono::hours(24 * 30);
    return question;
  });
  add("by date", [&](Questions& q) {
    const Sample& sample = q.sample();
    Question question = asked(q.either());
    question.query.from = sample.ts - std::chrono::hours(24);
    question.query.to = sample.ts + std::chrono::hours(24);
    return question;
  });
  add("user in 3 rooms", [&](Questions& q) {
    Question question = asked(q.either());
    question.query.user = corpus.in_three[q.rng().below(corpus.in_three.size())];
    return question;
  });
  add("user in a twentieth", [&](Questions& q) {
    Question question = asked(q.either());
    question.query.user = corpus.in_fifty[q.rng().below(corpus.in_fifty.size())];
    return question;
  });
  add("frequent words, no hit", [&](Questions& q) { return asked(q.said_by_nobody()); });
  add("no hit", [&](Questions& q) { return asked(q.nowhere()); });
  return kinds;
}

}  // namespace starling::bench
