#include "server/transfer/json_read.h"

#include <fmt/format.h>

#include "server/transfer/fields.h"

namespace starling::transfer {
namespace {

namespace json = boost::json;

const json::object kNoObject;
const json::array kNoList;

}  // namespace

json::value parse_foreign(std::string_view text, std::string_view name) {
  json::error_code error;
  json::value value = json::parse({text.data(), text.size()}, error);
  if (error) refuse(fmt::format("{} is no JSON ({}): the archive is damaged", name, error.message()));
  return value;
}

std::string_view text_of(const json::value& value) {
  const auto* text = value.if_string();
  return text == nullptr ? std::string_view() : std::string_view(*text);
}

std::string_view text_of(const json::object& object, std::string_view name) {
  const json::value* value = object.if_contains(name);
  return value == nullptr ? std::string_view() : text_of(*value);
}

std::int64_t number_or(const json::object& object, std::string_view name, std::int64_t absent) {
  const json::value* value = object.if_contains(name);
  if (value == nullptr) return absent;
  if (const auto* number = value->if_int64()) return *number;
  // A time that somebody's script wrote as 1.7e12.
  if (const auto* number = value->if_double(); number != nullptr && *number >= 0 && *number < 9e15) {
    return static_cast<std::int64_t>(*number);
  }
  return absent;
}

bool flag_of(const json::object& object, std::string_view name) {
  const json::value* value = object.if_contains(name);
  return value != nullptr && value->is_bool() && value->get_bool();
}

const json::array& list_of(const json::object& object, std::string_view name) {
  const json::value* value = object.if_contains(name);
  const auto* list = value == nullptr ? nullptr : value->if_array();
  return list == nullptr ? kNoList : *list;
}

const json::object& object_of(const json::value& value) {
  const auto* object = value.if_object();
  return object == nullptr ? kNoObject : *object;
}

const json::object& object_of(const json::object& object, std::string_view name) {
  const json::value* value = object.if_contains(name);
  return value == nullptr ? kNoObject : object_of(*value);
}

}  // namespace starling::transfer
