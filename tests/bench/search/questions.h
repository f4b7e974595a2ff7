// What is asked: kinds of search, each drawn from a seed.
#pragma once

#include <string>
#include <vector>

#include "server/search/query.h"
#include "tests/bench/search/corpus.h"

namespace starling::bench {

struct Question {
  search::SearchQuery query;
  bool must_hit = false;  // it was taken from a message that its user sees
};

struct Kind {
  std::string name;
  std::vector<Question> questions;
};
std::vector<Kind> questions_of(const Corpus& corpus, std::size_t each, std::uint64_t seed);

}  // namespace starling::bench
