// A request's JSON object, field by field. The first fault is kept: a route reads all that it wants, then asks once.
#pragma once

#include <boost/json/object.hpp>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "server/accounts/errors.h"
#include "server/api/call.h"

namespace starling::api {

class Body {
 public:
  /// No body counts as an empty object.
  explicit Body(const Call& call);

  /// Empty, and a fault, when it is missing or of another type.
  std::string text(std::string_view name);
  /// A field that is absent or null is none.
  std::optional<std::string> maybe_text(std::string_view name);
  std::optional<std::uint64_t> maybe_number(std::string_view name);

  const std::optional<accounts::Refusal>& fault() const { return fault_; }

 private:
  const boost::json::value* find(std::string_view name) const;
  void complain(accounts::Why why, std::string message);

  boost::json::object object_;
  std::optional<accounts::Refusal> fault_;
};

}  // namespace starling::api
