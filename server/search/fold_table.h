// What Unicode says about folding, as data (made by fold_table.py).
#pragma once

#include <cstdint>
#include <span>

namespace starling::search {

/// first + i * step becomes to + i * to_step, for i below count. Sorted by `first`; runs of step 2 may interleave.
struct FoldRun {
  std::uint32_t first;
  std::uint16_t count;
  std::uint8_t step;
  std::uint32_t to;
  std::uint8_t to_step;
};
/// A character that becomes several, in UTF-8.
struct FoldText {
  std::uint32_t from;
  const char* to;
};
struct FoldRange {
  std::uint32_t first;
  std::uint32_t last;
};

/// Each sorted; no character is in two of them.
std::span<const FoldRun> fold_runs();
std::span<const FoldText> fold_texts();
/// Marks, variation selectors, skin tones, joiners and other characters that a searcher does not type.
std::span<const FoldRange> fold_dropped();

}  // namespace starling::search
