#include "server/search/fold.h"

#include <algorithm>
#include <array>
#include <iterator>
#include <optional>

#include "server/search/chars.h"
#include "server/search/fold_table.h"

namespace starling::search {
namespace {

/// Whole blocks whose characters fold to themselves, so that most text asks no table.
bool is_plain(char32_t c) {
  return (c >= 0x4E00 && c <= 0x9FFF) || (c >= 0xAC00 && c <= 0xD7A3) || (c >= 0x430 && c <= 0x44F) ||
         (c >= 0x621 && c <= 0x621) || (c >= 0x627 && c <= 0x63F) || (c >= 0x641 && c <= 0x64A);
}

bool is_dropped(char32_t c) {
  const auto ranges = fold_dropped();
  const auto at =
      std::upper_bound(ranges.begin(), ranges.end(), c, [](char32_t v, FoldRange r) { return v < r.first; });
  return at != ranges.begin() && c <= std::prev(at)->last;
}

const char* text_of(char32_t c) {
  const auto texts = fold_texts();
  const auto at = std::lower_bound(texts.begin(), texts.end(), c, [](FoldText t, char32_t v) { return t.from < v; });
  return at != texts.end() && at->from == c ? at->to : nullptr;
}

char32_t run_of(char32_t c) {
  const auto runs = fold_runs();
  auto at = std::upper_bound(runs.begin(), runs.end(), c, [](char32_t v, FoldRun r) { return v < r.first; });
  // A run of step 2 may have others between its characters; the tests walk the whole table.
  for (int back = 0; back < 8 && at != runs.begin(); ++back) {
    --at;
    const char32_t i = (c - at->first) / at->step;
    if ((c - at->first) % at->step == 0 && i < at->count) return at->to + i * at->to_step;
  }
  return c;
}

/// Letters of their own that came as a letter and a mark, and Hangul that came as jamo.
std::optional<char32_t> composed(char32_t before, char32_t mark) {
  switch (mark) {
    case 0x306:  // breve
      if (before == U'и') return U'й';
      if (before == U'у') return U'ў';
      return std::nullopt;
    case 0x308:  // diaeresis
      if (before == U'і') return U'ї';
      return std::nullopt;
    case 0x3099:  // voicing marks; halfwidth ones too
    case 0xFF9E: {
      constexpr std::u32string_view kVoiced =
          U"かきくけこさしすせそたちつてとはひふへほカキクケコサシスセソタチツテトハヒフヘホ";
      if (kVoiced.find(before) != std::u32string_view::npos) return before + 1;
      if (before == U'ウ') return U'ヴ';
      if (before == U'う') return U'ゔ';
      return std::nullopt;
    }
    case 0x309A:
    case 0xFF9F: {
      constexpr std::u32string_view kHalfVoiced = U"はひふへほハヒフヘホ";
      if (kHalfVoiced.find(before) != std::u32string_view::npos) return before + 2;
      return std::nullopt;
    }
    default:
      break;
  }
  constexpr char32_t kLeads = 0x1100, kVowels = 0x1161, kTails = 0x11A7, kSyllables = 0xAC00;
  if (before >= kLeads && before < kLeads + 19 && mark >= kVowels && mark < kVowels + 21) {
    return kSyllables + ((before - kLeads) * 21 + (mark - kVowels)) * 28;
  }
  if (before >= kSyllables && before < kSyllables + 11172 && (before - kSyllables) % 28 == 0 && mark > kTails &&
      mark < kTails + 28) {
    return before + (mark - kTails);
  }
  return std::nullopt;
}

/// Tells `sink` of every folded character: append(c), replace(c) of the last one, extend() of it.
template <class Sink>
void fold_into(std::string_view text, Sink& sink) {
  char32_t last = U' ';  // nothing yet: a space at the beginning is left out
  const auto append = [&](char32_t c) {
    if (class_of(c) == CharClass::Space) c = U' ';
    if (c == U' ' && last == U' ') return sink.skip();
    last = c;
    sink.append(c);
  };
  for (std::size_t at = 0; at < text.size();) {
    const Decoded next = decode(text, at);
    sink.step(next);
    at += next.bytes;
    const char32_t c = next.c;
    if (c < 0x80) {
      append(c >= U'A' && c <= U'Z' ? c + 32 : c);
    } else if (is_plain(c)) {
      append(c);
    } else if (const auto one = composed(last, c)) {
      last = *one;
      sink.replace(last);
    } else if (is_dropped(c)) {
      sink.extend();
    } else if (const char* several = text_of(c)) {
      const std::string_view to = several;
      for (std::size_t i = 0; i < to.size();) {
        const Decoded each = decode(to, i);
        append(each.c);
        i += each.bytes;
      }
    } else {
      const char32_t to = run_of(c);
      // Halfwidth kana become kana first, and then take a voicing mark; halfwidth jamo compose likewise.
      if (const auto joined = to == c ? std::nullopt : composed(last, to)) {
        last = *joined;
        sink.replace(last);
      } else {
        append(to);
      }
    }
  }
}

struct TextSink {
  std::string text;
  std::size_t last_bytes = 0;

  void step(Decoded) {}
  void skip() {}
  void extend() {}
  void append(char32_t c) {
    const std::size_t before = text.size();
    append_utf8(text, c);
    last_bytes = text.size() - before;
  }
  void replace(char32_t c) {
    text.resize(text.size() - last_bytes);
    append(c);
  }
};

struct OriginSink {
  Folded folded;
  Origin at;

  void step(Decoded next) { at = {at.end, at.end + (next.c != kNotUtf8 && next.c > 0xFFFF ? 2u : 1u)}; }
  void skip() {}
  void extend() {
    if (!folded.origins.empty() && folded.chars.back() != U' ') folded.origins.back().end = at.end;
  }
  void append(char32_t c) {
    folded.chars.push_back(c);
    folded.origins.push_back(at);
  }
  void replace(char32_t c) {
    folded.chars.back() = c;
    folded.origins.back().end = at.end;
  }
};

}  // namespace

std::string fold(std::string_view text) {
  TextSink sink;
  sink.text.reserve(text.size());
  fold_into(text, sink);
  if (sink.text.ends_with(' ')) sink.text.pop_back();
  return std::move(sink.text);
}

Folded fold_with_origins(std::string_view text) {
  OriginSink sink;
  fold_into(text, sink);
  if (sink.folded.chars.ends_with(U' ')) {
    sink.folded.chars.pop_back();
    sink.folded.origins.pop_back();
  }
  return std::move(sink.folded);
}

}  // namespace starling::search
