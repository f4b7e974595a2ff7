#include "server/search/spans.h"

#include <algorithm>
#include <string>

#include "server/search/chars.h"
#include "server/search/fold.h"
#include "server/search/limits.h"

namespace starling::search {
namespace {

void add_spans(const Term& term, const Folded& text, std::vector<Span>& spans) {
  std::size_t found = 0;
  for (std::size_t at = text.chars.find(term.chars); at != std::u32string::npos && found < limits::kSpansMax;) {
    if (term.begins_word && at > 0 && is_word(text.chars[at - 1])) {
      at = text.chars.find(term.chars, at + 1);
      continue;
    }
    const std::size_t last = at + term.chars.size() - 1;
    spans.push_back({text.origins[at].begin, text.origins[last].end});
    ++found;
    at = text.chars.find(term.chars, last + 1);
  }
}

}  // namespace

std::vector<Span> spans_of(const std::vector<Term>& terms, std::string_view text) {
  const Folded folded = fold_with_origins(text);
  std::vector<Span> spans;
  for (const Term& term : terms) add_spans(term, folded, spans);
  std::sort(spans.begin(), spans.end(), [](Span a, Span b) { return a.begin < b.begin; });
  std::vector<Span> joined;
  for (const Span span : spans) {
    if (!joined.empty() && span.begin <= joined.back().end) {
      joined.back().end = std::max(joined.back().end, span.end);
    } else {
      joined.push_back(span);
    }
  }
  if (joined.size() > limits::kSpansMax) joined.resize(limits::kSpansMax);
  return joined;
}

}  // namespace starling::search
