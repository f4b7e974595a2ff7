// Every key of the configuration file once: its place in the tree, its range and what it is for. Parsing, printing and
// suggestions all read this table, so none of them can forget a key.
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "server/app/config.h"

namespace starling::app {

struct IntegerKey {
  std::function<std::int64_t(const Config&)> get;
  std::function<void(Config&, std::int64_t)> set;
  std::int64_t min = 0;
  std::int64_t max = 0;
};
struct BooleanKey {
  std::function<bool&(Config&)> at;
};
struct TextKey {
  std::function<std::string&(Config&)> at;
};
struct TextListKey {
  std::function<std::vector<std::string>&(Config&)> at;
};
/// One of `names`, counted from 0.
struct ChoiceKey {
  std::span<const std::string_view> names;
  std::function<std::size_t(const Config&)> get;
  std::function<void(Config&, std::size_t)> set;
};
/// host:port, or [host]:port for IPv6.
struct ListenKey {};

struct ConfigKey {
  std::string_view section;
  std::string_view name;
  std::string_view comment;
  std::variant<IntegerKey, BooleanKey, TextKey, TextListKey, ChoiceKey, ListenKey> kind;

  std::string path() const { return std::string(section) + "." + std::string(name); }
};

/// In the order of a printed file: grouped by section.
std::span<const ConfigKey> config_schema();

}  // namespace starling::app
