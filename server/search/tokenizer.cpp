#include "server/search/tokenizer.h"

#include "server/search/grams.h"

namespace starling::search {
namespace {

constexpr std::string_view kDigits = "0123456789abcdef";

int create(void*, const char**, int, Fts5Tokenizer** tokenizer) {
  // It has no state, but FTS5 takes a null pointer for none.
  static char nothing;
  *tokenizer = reinterpret_cast<Fts5Tokenizer*>(&nothing);
  return SQLITE_OK;
}

void destroy(Fts5Tokenizer*) {}

using TokenCallback = int (*)(void*, int, const char*, int, int, int);

/// A query's string is one token in hexadecimal digits.
int tokenize_query(void* context, std::string_view digits, TokenCallback token) {
  std::string bytes;
  if (digits.size() % 2 != 0) return SQLITE_ERROR;
  for (std::size_t i = 0; i < digits.size(); i += 2) {
    const auto high = kDigits.find(digits[i]);
    const auto low = kDigits.find(digits[i + 1]);
    if (high == std::string_view::npos || low == std::string_view::npos) return SQLITE_ERROR;
    bytes.push_back(static_cast<char>(high << 4 | low));
  }
  return token(context, 0, bytes.data(), static_cast<int>(bytes.size()), 0, static_cast<int>(digits.size()));
}

int tokenize(Fts5Tokenizer*, void* context, int flags, const char* text, int size, TokenCallback token) {
  const std::string_view all(text == nullptr ? "" : text, static_cast<std::size_t>(size));
  if ((flags & FTS5_TOKENIZE_QUERY) != 0) return tokenize_query(context, all, token);
  int code = SQLITE_OK;
  each_token(all, [&](std::string_view each) {
    code = token(context, 0, each.data(), static_cast<int>(each.size()), 0, 0);
    return code == SQLITE_OK;
  });
  return code;
}

fts5_api* api_of(sqlite::Connection& connection) {
  fts5_api* api = nullptr;
  sqlite3_stmt* statement = nullptr;
  if (sqlite3_prepare_v2(connection.get(), "SELECT fts5(?1)", -1, &statement, nullptr) == SQLITE_OK) {
    // SQLite takes the type's name as it is written in its header.
    sqlite3_bind_pointer(statement, 1, static_cast<void*>(&api), "fts5_api_ptr", nullptr);
    sqlite3_step(statement);
  }
  sqlite3_finalize(statement);
  return api;
}

}  // namespace

void register_tokenizer(sqlite::Connection& connection) {
  fts5_api* api = api_of(connection);
  if (api == nullptr)
    throw sqlite::SqliteError(sqlite::kExplained, "this SQLite has no FTS5; build against another one");
  fts5_tokenizer functions{.xCreate = create, .xDelete = destroy, .xTokenize = tokenize};
  const int code = api->xCreateTokenizer(api, "starling", nullptr, &functions, nullptr);
  if (code != SQLITE_OK) connection.raise(code);
}

void MatchText::also() {
  if (!text_.empty()) text_ += " AND ";
}

MatchText& MatchText::one_of(const std::vector<std::string>& tokens) {
  also();
  text_ += '(';
  for (std::size_t i = 0; i < tokens.size(); ++i) {
    text_ += i == 0 ? "\"" : " OR \"";
    for (const char byte : tokens[i]) {
      const auto value = static_cast<unsigned char>(byte);
      text_ += kDigits[value >> 4];
      text_ += kDigits[value & 15];
    }
    text_ += '"';
  }
  text_ += ')';
  return *this;
}

MatchText& MatchText::all_of(const std::vector<std::string>& tokens) {
  for (const std::string& token : tokens) one_of({token});
  return *this;
}

}  // namespace starling::search
