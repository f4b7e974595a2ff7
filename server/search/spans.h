// Where the terms of a query stand in a message's text.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "server/search/terms.h"

namespace starling::search {

/// UTF-16 code units of the text, half open.
struct Span {
  std::uint32_t begin = 0;
  std::uint32_t end = 0;
  bool operator==(const Span&) const = default;
};

/// Ascending, apart from each other, at most limits::kSpansMax. A span ends with a whole character as it is shown: the
/// marks, skin tone and variation that folding dropped belong to it.
std::vector<Span> spans_of(const std::vector<Term>& terms, std::string_view text);

}  // namespace starling::search
