#include "server/transfer/fields.h"

#include <fmt/format.h>

#include <algorithm>
#include <boost/json.hpp>
#include <charconv>
#include <system_error>

namespace starling::transfer {
namespace {

namespace json = boost::json;

template <class Number>
std::optional<Number> number_of(std::string_view text, int base = 10) {
  Number value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value, base);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return value;
}

std::optional<std::uint64_t> unsigned_of(const json::value& value) {
  if (const auto* n = value.if_uint64()) return *n;
  if (const auto* n = value.if_int64(); n != nullptr && *n >= 0) return static_cast<std::uint64_t>(*n);
  if (const auto* s = value.if_string()) return number_of<std::uint64_t>(std::string_view(*s));
  return std::nullopt;
}

std::optional<std::string> bytes_of_hex(std::string_view hex) {
  if (hex.size() % 2 != 0) return std::nullopt;
  std::string out;
  for (std::size_t at = 0; at < hex.size(); at += 2) {
    const auto byte = number_of<unsigned>(hex.substr(at, 2), 16);
    if (!byte) return std::nullopt;
    out += static_cast<char>(*byte);
  }
  return out;
}

}  // namespace

void refuse(const std::string& why) { throw store::SqliteError(store::kExplained, why); }

const json::value* Fields::find(std::string_view name) {
  const json::value* value = object_->if_contains(name);
  if (value != nullptr) asked_.emplace_back(name);
  return value;
}

const json::value& Fields::need(std::string_view name) {
  const json::value* value = find(name);
  if (value == nullptr) refuse(fmt::format("it has no field \"{}\"", name));
  return *value;
}

std::string_view Fields::text(std::string_view name) {
  const auto* text = need(name).if_string();
  if (text == nullptr) refuse(fmt::format("its field \"{}\" is no text", name));
  return *text;
}

std::uint64_t Fields::u64(std::string_view name) {
  const auto value = unsigned_of(need(name));
  if (!value) refuse(fmt::format("its field \"{}\" is no number of 64 bits", name));
  return *value;
}

std::uint64_t Fields::u64_or(std::string_view name, std::uint64_t absent) { return has(name) ? u64(name) : absent; }

std::uint64_t Fields::hash(std::string_view name) {
  const auto value = number_of<std::uint64_t>(text(name), 16);
  if (!value) refuse(fmt::format("its field \"{}\" is no hash of 16 digits", name));
  return *value;
}

std::uint64_t Fields::hash_or(std::string_view name, std::uint64_t absent) { return has(name) ? hash(name) : absent; }

std::string Fields::bytes(std::string_view name) {
  if (has(name)) return std::string(text(name));
  const std::string hex_name = std::string(name) + "_hex";
  if (!has(hex_name)) return {};
  auto bytes = bytes_of_hex(text(hex_name));
  if (!bytes) refuse(fmt::format("its field \"{}\" is not hexadecimal", hex_name));
  return std::move(*bytes);
}

store::Value Fields::value(std::string_view name, std::string_view type, std::string& storage) {
  if (const json::value* value = find(name); value != nullptr && value->is_null()) return {};
  if (type == "INTEGER") {
    if (const auto* n = need(name).if_int64()) return *n;
    return static_cast<std::int64_t>(u64(name));
  }
  storage = type == "TEXT" ? std::string(text(name)) : bytes(name);
  if (type == "TEXT") return std::string_view(storage);
  return store::Blob{storage};
}

void Fields::done() const {
  for (const auto& field : *object_) {
    const std::string_view name = field.key();
    if (std::ranges::find(asked_, name) == asked_.end()) {
      refuse(fmt::format("its field \"{}\" is unknown to this program: install a newer one", name));
    }
  }
}

}  // namespace starling::transfer
