#include "server/store/account_words.h"

#include <algorithm>

namespace starling::store {

std::string folded(std::string_view text) {
  std::string out(text);
  std::ranges::transform(out, out.begin(), [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
  return out;
}

std::set<std::string> words_of(std::string_view name) {
  std::set<std::string> words;
  const std::string text = folded(name);
  constexpr std::string_view kBetween = " \t.,;:()[]{}<>\"'!?/|_-";
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = std::min(text.find_first_of(kBetween, at), text.size());
    if (end > at) words.insert(text.substr(at, end - at));
    at = end + 1;
  }
  return words;
}

std::set<std::string> words_of(const ports::Profile& profile) {
  std::set<std::string> words = words_of(profile.display_name);
  words.insert(profile.handle);
  return words;
}

}  // namespace starling::store
