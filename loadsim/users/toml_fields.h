// One table of a scenario file: each key is read once into its place, what is wrong is collected, and what nobody asked
// for is reported with the names that are known. Private to this folder.
#pragma once

#include <cstdint>
#include <limits>
#include <string>
#include <string_view>
#include <vector>

#include "common/base/time.h"
#include "loadsim/users/faults/fault.h"
#include "loadsim/users/scenario.h"

#define TOML_EXCEPTIONS 0
#include <toml++/toml.h>

namespace starling::users {

class TomlFields {
 public:
  /// `where`: "[rooms]", for messages; empty for the top of the file.
  TomlFields(const toml::table& table, std::string where, std::vector<ScenarioError>& errors)
      : table_(table), where_(std::move(where)), errors_(errors) {}

  const toml::node* take(std::string_view key) {
    known_.emplace_back(key);
    return table_.get(key);
  }
  void error(const toml::node& at, std::string message) {
    errors_.push_back({static_cast<std::uint32_t>(at.source().begin.line), std::move(message)});
  }

  template <class Number>
  void number(std::string_view key, Number& value, std::int64_t min, std::int64_t max) {
    const toml::node* node = take(key);
    if (node == nullptr) return;
    const auto read = node->value_exact<std::int64_t>();
    if (!read || *read < min || *read > max) {
      return error(*node, name(key) + " is a whole number from " + std::to_string(min) + " to " + std::to_string(max));
    }
    value = static_cast<Number>(*read);
  }
  void duration(std::string_view key, Duration& value, Duration min, Duration max) {
    const toml::node* node = take(key);
    if (node == nullptr) return;
    const auto text = node->value_exact<std::string>();
    Duration read{};
    if (!text || !parse_duration(*text, read) || read < min || read > max) {
      return error(*node, name(key) + " is a duration in quotes, as \"1500ms\", \"10s\" or \"2m\", from " +
                              duration_to_string(min) + " to " + duration_to_string(max));
    }
    value = read;
  }
  void text(std::string_view key, std::string& value) {
    const toml::node* node = take(key);
    if (node == nullptr) return;
    const auto read = node->value_exact<std::string>();
    if (!read || read->empty()) return error(*node, name(key) + " is a text in quotes");
    value = *read;
  }
  void boolean(std::string_view key, bool& value) {
    const toml::node* node = take(key);
    if (node == nullptr) return;
    const auto read = node->value_exact<bool>();
    if (!read) return error(*node, name(key) + " is true or false");
    value = *read;
  }
  /// One of two words; `value` says whether it is the second.
  void flag(std::string_view key, bool& value) {
    const toml::node* node = take(key);
    if (node == nullptr) return;
    const auto read = node->value_exact<bool>();
    if (!read) return error(*node, name(key) + " is true or false");
    value = *read;
  }
  void choice(std::string_view key, std::string_view first, std::string_view second, bool& value) {
    const toml::node* node = take(key);
    if (node == nullptr) return;
    const auto read = node->value_exact<std::string>();
    if (!read || (*read != first && *read != second)) {
      return error(*node, name(key) + " is \"" + std::string(first) + "\" or \"" + std::string(second) + "\"");
    }
    value = *read == second;
  }

  /// Call last.
  void refuse_unknown() {
    for (const auto& [key, node] : table_) {
      if (std::find(known_.begin(), known_.end(), key.str()) != known_.end()) continue;
      std::string names;
      for (const std::string& each : known_) names += (names.empty() ? "" : ", ") + each;
      error(node, name(key.str()) + " is not known; known here: " + names);
    }
  }

  std::string name(std::string_view key) const {
    return "'" + std::string(key) + "'" + (where_.empty() ? "" : " of " + where_);
  }

 private:
  const toml::table& table_;
  std::string where_;
  std::vector<ScenarioError>& errors_;
  std::vector<std::string> known_;
};

}  // namespace starling::users
