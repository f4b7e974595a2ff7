#include "server/api/body.h"

#include <boost/json/parse.hpp>
#include <boost/system/error_code.hpp>
#include <utility>

namespace starling::api {
namespace {

/// Nothing that a route reads is nested.
constexpr std::size_t kDepthMax = 4;

}  // namespace

Body::Body(const Call& call) {
  const std::string& text = call.request().body;
  if (text.empty()) return;
  boost::system::error_code error;
  boost::json::parse_options options;
  options.max_depth = kDepthMax;
  boost::json::value value = boost::json::parse(text, error, {}, options);
  if (error || !value.is_object()) {
    complain(accounts::Why::BadRequest, "the body is not a JSON object");
  } else {
    object_ = std::move(value.get_object());
  }
}

const boost::json::value* Body::find(std::string_view name) const {
  const boost::json::value* value = object_.if_contains(name);
  return value == nullptr || value->is_null() ? nullptr : value;
}

std::string Body::text(std::string_view name) {
  auto value = maybe_text(name);
  if (!value) complain(accounts::Why::BadField, std::string(name) + ": missing");
  return std::move(value).value_or(std::string());
}

std::optional<std::string> Body::maybe_text(std::string_view name) {
  const boost::json::value* value = find(name);
  if (value == nullptr) return std::nullopt;
  if (!value->is_string()) {
    complain(accounts::Why::BadField, std::string(name) + ": must be a string");
    return std::nullopt;
  }
  return std::string(value->get_string());
}

std::optional<std::uint64_t> Body::maybe_number(std::string_view name) {
  const boost::json::value* value = find(name);
  if (value == nullptr) return std::nullopt;
  if (value->is_uint64()) return value->get_uint64();
  if (value->is_int64() && value->get_int64() >= 0) return static_cast<std::uint64_t>(value->get_int64());
  complain(accounts::Why::BadField, std::string(name) + ": must be a whole number, 0 or above");
  return std::nullopt;
}

void Body::complain(accounts::Why why, std::string message) {
  if (!fault_) fault_ = accounts::Refusal{.why = why, .message = std::move(message)};
}

}  // namespace starling::api
