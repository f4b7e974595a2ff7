#include "server/transfer/slack_text.h"

#include <fmt/format.h>

#include <array>
#include <cctype>
#include <optional>

#include "server/transfer/emoji.h"

namespace starling::transfer {
namespace {

bool is_word(char c) {
  return std::isalnum(static_cast<unsigned char>(c)) != 0 || (static_cast<unsigned char>(c) & 0x80) != 0;
}
bool is_space(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }

/// What Slack escapes, and nothing else.
std::string decode(std::string_view text) {
  struct Entity {
    std::string_view name;
    char character;
  };
  constexpr std::array kEntities{Entity{"&amp;", '&'}, Entity{"&lt;", '<'}, Entity{"&gt;", '>'}};
  std::string out;
  for (std::size_t at = 0; at < text.size();) {
    bool found = false;
    for (const Entity& entity : kEntities) {
      if (!text.substr(at).starts_with(entity.name)) continue;
      out += entity.character;
      at += entity.name.size();
      found = true;
      break;
    }
    if (!found) out += text[at++];
  }
  return out;
}

/// Somebody typed <@7> as plain characters: it calls nobody.
std::string disarm(std::string text) {
  for (std::size_t at = text.find("<@"); at != std::string::npos; at = text.find("<@", at + 3))
    text.insert(at + 1, 1, '\\');
  return text;
}

class Converter {
 public:
  Converter(std::string_view text, const UserByName& user) : text_(text), user_(&user) {}

  std::string run() {
    while (at_ < text_.size()) step();
    flush();
    return std::move(out_);
  }

 private:
  void step() {
    const std::string_view rest = text_.substr(at_);
    if (rest.starts_with("```") && code("```")) return;
    if (rest.front() == '`' && code("`")) return;
    if (rest.front() == '<' && bracket()) return;
    if (rest.front() == '*' && marked("**")) return;
    if (rest.front() == '~' && marked("~~")) return;
    if (rest.front() == ':' && emoji()) return;
    plain_ += text_[at_++];
  }

  bool code(std::string_view fence) {
    const std::size_t end = text_.find(fence, at_ + fence.size());
    if (end == std::string_view::npos || end == at_ + fence.size()) return false;
    flush();
    const std::string_view inner = text_.substr(at_ + fence.size(), end - at_ - fence.size());
    const bool block = fence.size() == 3;
    out_ += fence;
    // A block of Markdown begins on a line of its own; what stands on the fence's line would be its language.
    if (block && !inner.starts_with('\n')) out_ += '\n';
    out_ += disarm(decode(links_as_text(inner)));
    if (block && !inner.ends_with('\n')) out_ += '\n';
    out_ += fence;
    at_ = end + fence.size();
    return true;
  }

  /// Slack finds links in code too.
  static std::string links_as_text(std::string_view code) {
    std::string out;
    for (std::size_t at = 0; at < code.size();) {
      const std::size_t end = code[at] == '<' ? code.find('>', at) : std::string_view::npos;
      if (end == std::string_view::npos) {
        out += code[at++];
        continue;
      }
      const std::string_view inner = code.substr(at + 1, end - at - 1);
      const std::size_t bar = inner.find('|');
      out += bar == std::string_view::npos ? inner : inner.substr(bar + 1);
      at = end + 1;
    }
    return out;
  }

  bool bracket() {
    const std::size_t end = text_.find('>', at_);
    if (end == std::string_view::npos || end == at_ + 1) return false;
    const std::string_view inner = text_.substr(at_ + 1, end - at_ - 1);
    const std::size_t bar = inner.find('|');
    const std::string_view what = inner.substr(0, bar);
    const std::string label = bar == std::string_view::npos ? std::string() : disarm(decode(inner.substr(bar + 1)));
    flush();
    if (what.starts_with('@')) {
      out_ += fmt::format("<@{}>", (*user_)(what.substr(1)).value);
    } else if (what == "!channel" || what == "!here" || what == "!everyone") {
      out_ += "<@room>";
    } else if (what.starts_with('!')) {
      out_ += label.empty() ? std::string(what) : label;  // groups of users, dates: their text
    } else if (what.starts_with('#')) {
      out_ += label.empty() ? std::string(what) : (label.starts_with('#') ? label : fmt::format("#{}", label));
    } else {
      link(decode(what), label);
    }
    at_ = end + 1;
    return true;
  }

  void link(const std::string& url, const std::string& label) {
    const std::string_view bare = std::string_view(url).starts_with("mailto:") ? std::string_view(url).substr(7) : url;
    if (label.empty() || label == bare || label == url) {
      out_ += bare;
    } else {
      out_ += fmt::format("[{}]({})", label, url);
    }
  }

  /// *bold* and ~strike~ of one line, at the edges of words.
  bool marked(std::string_view markdown) {
    const char mark = text_[at_];
    if (at_ > 0 && (is_word(text_[at_ - 1]) || text_[at_ - 1] == mark)) return false;
    const std::size_t end = text_.find(mark, at_ + 1);
    if (end == std::string_view::npos || end == at_ + 1) return false;
    const std::string_view inner = text_.substr(at_ + 1, end - at_ - 1);
    if (inner.find('\n') != std::string_view::npos || is_space(inner.front()) || is_space(inner.back())) return false;
    if (end + 1 < text_.size() && (is_word(text_[end + 1]) || text_[end + 1] == mark)) return false;
    flush();
    out_ += markdown;
    out_ += Converter(inner, *user_).run();
    out_ += markdown;
    at_ = end + 1;
    return true;
  }

  bool emoji() {
    const std::size_t end = text_.find_first_of(" \n<>", at_ + 1);
    std::size_t close = text_.find(':', at_ + 1);
    if (close == std::string_view::npos || close > end) return false;
    // :wave::skin-tone-3: is one.
    if (text_.substr(close).starts_with("::skin-tone-")) close = text_.find(':', close + 2);
    if (close == std::string_view::npos) return false;
    const auto character = emoji_of(text_.substr(at_ + 1, close - at_ - 1));
    if (!character) return false;
    plain_ += *character;
    at_ = close + 1;
    return true;
  }

  void flush() {
    out_ += disarm(decode(plain_));
    plain_.clear();
  }

  std::string_view text_;
  const UserByName* user_;
  std::size_t at_ = 0;
  std::string plain_;
  std::string out_;
};

}  // namespace

std::string text_of_slack(std::string_view text, const UserByName& user) { return Converter(text, user).run(); }

}  // namespace starling::transfer
