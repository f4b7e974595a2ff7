#include "server/api/answer.h"

#include <boost/json/serialize.hpp>
#include <string_view>

#include "server/accounts/limits.h"

namespace starling::api {
namespace {

using accounts::Why;

struct Code {
  std::uint16_t status;
  std::string_view text;
};
Code code_of(Why why) {
  switch (why) {
    case Why::BadRequest:
      return {400, "bad_request"};
    case Why::BadField:
      return {400, "bad_field"};
    case Why::Unauthorized:
      return {401, "unauthorized"};
    case Why::TokenExpired:
      return {401, "token_expired"};
    case Why::BadCredentials:
      return {401, "bad_credentials"};
    case Why::TotpRequired:
      return {401, "totp_required"};
    case Why::Forbidden:
      return {403, "forbidden"};
    case Why::NotFound:
      return {404, "not_found"};
    case Why::Taken:
      return {409, "taken"};
    case Why::Conflict:
      return {409, "conflict"};
    case Why::Throttled:
      return {429, "throttled"};
    case Why::Busy:
      return {503, "busy"};
  }
  return {500, "busy"};
}

Answer error(std::uint16_t status, std::string_view code, std::string_view message, std::uint32_t retry_after_ms = 0) {
  const boost::json::object body{{"error", {{"code", code}, {"message", message}, {"retry_after_ms", retry_after_ms}}}};
  return {.status = status, .body = boost::json::serialize(body), .retry_after_ms = retry_after_ms};
}

}  // namespace

Answer ok(const boost::json::object& body) { return {.status = 200, .body = boost::json::serialize(body)}; }
Answer created(const boost::json::object& body) { return {.status = 201, .body = boost::json::serialize(body)}; }
Answer no_content() { return {.status = 204}; }

Answer refused(const accounts::Refusal& refusal) {
  const Code code = code_of(refusal.why);
  // Who only came at the wrong time is told of a better one, whatever the refusal forgot.
  const bool later = refusal.why == Why::Throttled || refusal.why == Why::Busy;
  const bool forgot = later && refusal.retry_after_ms == 0;
  return error(code.status, code.text, refusal.message,
               forgot ? accounts::limits::kBusyRetryMs : refusal.retry_after_ms);
}

Answer not_found(const std::string& message) { return error(404, "not_found", message); }

Answer method_not_allowed(const std::string& allow) {
  Answer answer = error(405, "method_not_allowed", "there is " + allow + " here");
  answer.allow = allow;
  return answer;
}

}  // namespace starling::api
