// Foreign JSON, read with patience: what is absent or of another type is nothing.
#pragma once

#include <boost/json.hpp>
#include <cstdint>
#include <string>
#include <string_view>

namespace starling::transfer {

/// A whole document; throws with `name` when it is none.
boost::json::value parse_foreign(std::string_view text, std::string_view name);

std::string_view text_of(const boost::json::object& object, std::string_view name);
std::int64_t number_or(const boost::json::object& object, std::string_view name, std::int64_t absent);
bool flag_of(const boost::json::object& object, std::string_view name);
/// Empty when it is none.
const boost::json::array& list_of(const boost::json::object& object, std::string_view name);
const boost::json::object& object_of(const boost::json::object& object, std::string_view name);
const boost::json::object& object_of(const boost::json::value& value);
std::string_view text_of(const boost::json::value& value);

}  // namespace starling::transfer
