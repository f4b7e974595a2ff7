// The fields of one line that is read. What is absent, of another type or unknown is refused by its name.
#pragma once

#include <boost/json/object.hpp>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "server/store/sqlite/sqlite.h"

namespace starling::transfer {

/// Ends the reading of a file: travels as the store's exception, and stops at the module's edge.
[[noreturn]] void refuse(const std::string& why);

/// Owner: the stack of who reads the line. Views are valid as long as the object is.
class Fields {
 public:
  explicit Fields(const boost::json::object& object) : object_(&object) {}

  std::string_view text(std::string_view name);
  /// A number, or one in quotes.
  std::uint64_t u64(std::string_view name);
  std::uint64_t u64_or(std::string_view name, std::uint64_t absent);
  std::uint64_t hash(std::string_view name);
  std::uint64_t hash_or(std::string_view name, std::uint64_t absent);
  /// NAME, or NAME_hex; empty when there is neither.
  std::string bytes(std::string_view name);
  bool has(std::string_view name) const { return object_->contains(name); }
  /// For a column of SQLite: `type` is its declared one. `storage` keeps what the value only refers to.
  store::Value value(std::string_view name, std::string_view type, std::string& storage);

  /// It may be there, and is not needed.
  void pass(std::string_view name) { find(name); }
  /// Every field has been asked for, or passed.
  void done() const;

 private:
  const boost::json::value* find(std::string_view name);
  const boost::json::value& need(std::string_view name);

  const boost::json::object* object_;
  std::vector<std::string> asked_;
};

}  // namespace starling::transfer
