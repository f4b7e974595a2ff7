// The index's tokenizer in FTS5, under the name "starling".
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "common/sqlite/sqlite.h"

namespace starling::search {

/// Of this connection. Throws when its SQLite has no FTS5.
void register_tokenizer(sqlite::Connection& connection);

/// An expression for MATCH. Tokens are in it as hexadecimal digits, so nothing that a user typed can be FTS5's syntax.
class MatchText {
 public:
  /// All of these are demanded: one of `tokens`. Not empty.
  MatchText& one_of(const std::vector<std::string>& tokens);
  MatchText& all_of(const std::vector<std::string>& tokens);
  const std::string& text() const { return text_; }

 private:
  void also();
  std::string text_;
};

}  // namespace starling::search
