// What a route gives back.
#pragma once

#include <boost/json/object.hpp>
#include <cstdint>
#include <string>

#include "server/accounts/errors.h"

namespace starling::api {

struct Answer {
  std::uint16_t status = 200;
  std::string body;  // JSON
  std::uint32_t retry_after_ms = 0;
  std::string allow;  // with 405
};

Answer ok(const boost::json::object& body);
Answer created(const boost::json::object& body);
Answer no_content();
/// In the one form that all errors have.
Answer refused(const accounts::Refusal& refusal);
Answer not_found(const std::string& message);
Answer method_not_allowed(const std::string& allow);

}  // namespace starling::api
