// Vocabularies in four scripts, whose words are as frequent as words are: the n-th about 1/n as often as the first.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "common/base/rng.h"

namespace starling::bench {

enum class Script : std::uint8_t { Latin, Cyrillic, Chinese, Arabic };
inline constexpr std::array kScripts{Script::Latin, Script::Cyrillic, Script::Chinese, Script::Arabic};

class Words {
 public:
  /// The most frequent are real; the others are made of the script's letters, as often as they are used.
  explicit Words(Script script);

  std::size_t size() const { return words_.size(); }
  /// By rank, the most frequent first.
  const std::string& at(std::size_t rank) const { return words_[rank]; }
  const std::string& draw(Rng& rng) const;
  /// Between words.
  std::string_view gap() const { return gap_; }

 private:
  std::vector<std::string> words_;
  std::vector<std::uint64_t> upto_;  // sums of weights
  std::string_view gap_;
};

}  // namespace starling::bench
