// Links to this server, as people pass them on.
#pragma once

#include <string>
#include <string_view>

#include "server/api/call.h"

namespace starling::api {

/// host:port, as the operator names the server, or else the request does.
inline std::string name_for(std::string_view public_name, const Call& call) {
  return std::string(public_name.empty() ? std::string_view(call.request().host) : public_name);
}

inline std::string invite_link(std::string_view public_name, const Call& call, std::string_view code) {
  return "starling://" + name_for(public_name, call) + "/invite/" + std::string(code);
}

}  // namespace starling::api
