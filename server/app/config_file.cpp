#include "server/app/config_file.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <optional>
#include <utility>

#define TOML_EXCEPTIONS 0
#include <toml++/toml.h>

#include "server/app/config_schema.h"
#include "server/app/nearest.h"

namespace starling::app {
namespace {

std::uint32_t line_of(const toml::node& node) { return node.source().begin.line; }

std::optional<std::pair<std::string, std::uint16_t>> parse_endpoint(std::string_view text) {
  const auto colon = text.rfind(':');
  if (colon == std::string_view::npos) return std::nullopt;
  std::string_view host = text.substr(0, colon);
  const std::string_view port = text.substr(colon + 1);
  if (host.starts_with('[') && host.ends_with(']')) {
    host = host.substr(1, host.size() - 2);
  } else if (host.find(':') != std::string_view::npos) {
    return std::nullopt;  // IPv6 without brackets: which colon ends it?
  }
  std::uint16_t number = 0;
  const auto [end, status] = std::from_chars(port.data(), port.data() + port.size(), number);
  if (host.empty() || status != std::errc{} || end != port.data() + port.size()) return std::nullopt;
  return std::pair(std::string(host), number);
}

class Parser {
 public:
  ParsedConfig parse(const toml::table& root) {
    for (const auto& [key, node] : root) {
      const toml::table* inner = node.as_table();
      if (!is_section(key.str())) {
        unknown(node, "", key.str());
      } else if (inner == nullptr) {
        error(node, fmt::format("'{0}' is a section; write [{0}] on a line of its own", key.str()));
      } else {
        section(*inner, key.str());
      }
    }
    std::ranges::stable_sort(out_.errors, {}, &ConfigError::line);
    return std::move(out_);
  }

 private:
  void error(const toml::node& at, std::string message) { out_.errors.push_back({line_of(at), std::move(message)}); }

  static bool is_section(std::string_view name) {
    return std::ranges::any_of(config_schema(), [&](const ConfigKey& k) { return k.section == name; });
  }

  void section(const toml::table& in, std::string_view name) {
    for (const auto& [key, node] : in) {
      const auto schema = config_schema();
      const auto found =
          std::ranges::find_if(schema, [&](const ConfigKey& k) { return k.section == name && k.name == key.str(); });
      if (found == schema.end()) {
        unknown(node, name, key.str());
        continue;
      }
      out_.lines[found->path()] = line_of(node);
      std::visit([&](const auto& kind) { value(node, *found, kind); }, found->kind);
    }
  }

  /// `section` is empty at the top of the file, where only sections belong.
  void unknown(const toml::node& node, std::string_view section, std::string_view name) {
    std::vector<std::string> candidates;
    for (const ConfigKey& key : config_schema()) {
      // The right name in the wrong section is the likeliest mistake.
      if (key.name == name)
        return error(node, fmt::format("'{}' is not known here; it belongs to [{}]", name, key.section));
      if (section.empty() || key.section == section) candidates.emplace_back(section.empty() ? key.section : key.name);
    }
    const std::string path = section.empty() ? std::string(name) : fmt::format("{}.{}", section, name);
    error(node, fmt::format("unknown {} '{}'; did you mean '{}'?", node.is_table() ? "section" : "key", path,
                            nearest(name, candidates)));
  }

  void value(const toml::node& node, const ConfigKey& key, const IntegerKey& kind) {
    const auto number = node.value_exact<std::int64_t>();
    if (!number || *number < kind.min || *number > kind.max) {
      return error(node, fmt::format("'{}' must be a whole number from {} to {}", key.path(), kind.min, kind.max));
    }
    kind.set(out_.config, *number);
  }
  void value(const toml::node& node, const ConfigKey& key, const BooleanKey& kind) {
    const auto boolean = node.value_exact<bool>();
    if (!boolean) return error(node, fmt::format("'{}' must be true or false", key.path()));
    kind.at(out_.config) = *boolean;
  }
  void value(const toml::node& node, const ConfigKey& key, const TextKey& kind) {
    auto text = node.value_exact<std::string>();
    if (!text) return error(node, fmt::format("'{}' must be a text in quotes", key.path()));
    kind.at(out_.config) = std::move(*text);
  }
  void value(const toml::node& node, const ConfigKey& key, const TextListKey& kind) {
    const toml::array* array = node.as_array();
    if (array == nullptr || !std::ranges::all_of(*array, [](const toml::node& n) { return n.is_string(); })) {
      return error(node, fmt::format("'{}' must be a list of texts, as in [\"a\", \"b\"]", key.path()));
    }
    auto& list = kind.at(out_.config);
    list.clear();
    for (const toml::node& each : *array) list.push_back(*each.value_exact<std::string>());
  }
  void value(const toml::node& node, const ConfigKey& key, const ChoiceKey& kind) {
    const auto text = node.value_exact<std::string>();
    const auto found = text ? std::ranges::find(kind.names, *text) : kind.names.end();
    if (found == kind.names.end()) {
      std::vector<std::string> quoted;
      for (const std::string_view name : kind.names) quoted.push_back(fmt::format("\"{}\"", name));
      return error(node, fmt::format("'{}' must be one of {}", key.path(), fmt::join(quoted, ", ")));
    }
    kind.set(out_.config, static_cast<std::size_t>(found - kind.names.begin()));
  }
  void value(const toml::node& node, const ConfigKey& key, const ListenKey&) {
    const auto text = node.value_exact<std::string>();
    const auto endpoint = text ? parse_endpoint(*text) : std::nullopt;
    if (!endpoint) {
      return error(node, fmt::format("'{}' must be address:port in quotes, as in \"127.0.0.1:8008\" or \"[::1]:8008\"",
                                     key.path()));
    }
    out_.config.runtime.address = endpoint->first;
    out_.config.runtime.port = endpoint->second;
  }

  ParsedConfig out_;
};

std::string quoted(const std::string& text) {
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') out += '\\';
    out += c;
  }
  return out + '"';
}

std::string value_text(Config config, const ConfigKey& key) {
  struct Text {
    Config& config;
    std::string operator()(const IntegerKey& k) const { return std::to_string(k.get(config)); }
    std::string operator()(const BooleanKey& k) const { return k.at(config) ? "true" : "false"; }
    std::string operator()(const TextKey& k) const { return quoted(k.at(config)); }
    std::string operator()(const TextListKey& k) const {
      std::vector<std::string> items;
      for (const std::string& item : k.at(config)) items.push_back(quoted(item));
      return fmt::format("[{}]", fmt::join(items, ", "));
    }
    std::string operator()(const ChoiceKey& k) const { return quoted(std::string(k.names[k.get(config)])); }
    std::string operator()(const ListenKey&) const {
      const std::string& host = config.runtime.address;
      const bool v6 = host.find(':') != std::string::npos;
      return fmt::format("\"{}{}{}:{}\"", v6 ? "[" : "", host, v6 ? "]" : "", config.runtime.port);
    }
  };
  return std::visit(Text{config}, key.kind);
}

}  // namespace

ParsedConfig parse_config(std::string_view text) {
  const toml::parse_result result = toml::parse(text);
  if (!result) {
    const toml::parse_error& error = result.error();
    return {.config = {},
            .errors = {{error.source().begin.line, fmt::format("not TOML: {}", error.description())}},
            .lines = {}};
  }
  return Parser().parse(result.table());
}

std::string print_config(const Config& config) {
  std::string out;
  std::string_view section;
  for (const ConfigKey& key : config_schema()) {
    if (key.section != section) {
      out += fmt::format("{}[{}]\n", section.empty() ? "" : "\n", key.section);
      section = key.section;
    }
    const std::string value = value_text(config, key);
    const std::string shipped = value_text(Config{}, key);
    out += fmt::format("# {}{}\n", key.comment, value == shipped ? "" : fmt::format(" (shipped: {})", shipped));
    out += fmt::format("{} = {}\n", key.name, value);
  }
  return out;
}

}  // namespace starling::app
