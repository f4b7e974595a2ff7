// The JSON forms that several resources share.
#pragma once

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/string.hpp>
#include <string>
#include <vector>

#include "common/base/ids.h"
#include "server/accounts/grant.h"
#include "server/ports/accounts.h"

namespace starling::api {

/// 64-bit numbers are decimal strings: a reader whose numbers are doubles would round them.
template <class Tag>
boost::json::string text_of(Id<Tag, std::uint64_t> id) {
  return boost::json::string(std::to_string(id.value));
}

boost::json::object form_of(const ports::Profile& profile);
boost::json::object form_of(const accounts::Grant& grant);
boost::json::object form_of(const ports::AccountDevice& device, DeviceId current);
boost::json::object form_of(const ports::ServerInvite& invite);
/// {"users": […]}
boost::json::object users_form(const std::vector<ports::Profile>& profiles);

}  // namespace starling::api
