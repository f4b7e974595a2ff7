// A request as a route sees it: the parts of its path, its query, and from where it comes.
#pragma once

#include <charconv>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "common/base/ids.h"
#include "server/accounts/context.h"
#include "server/ports/api.h"

namespace starling::api {

/// The whole text as a number; nothing for signs, spaces and what does not fit.
std::optional<std::uint64_t> number_of(std::string_view text);

class Call {
 public:
  explicit Call(ports::ApiRequest request);

  const ports::ApiRequest& request() const { return request_; }
  std::string_view path() const { return std::string_view(request_.target).substr(0, path_size_); }
  accounts::Origin origin() const { return accounts::Origin::of(request_.address); }

  /// Of the pattern's {name}; empty when it has none of it.
  std::string_view part(std::string_view name) const;
  template <class Id>
  std::optional<Id> id(std::string_view name) const {
    const auto number = number_of(part(name));
    if (!number || *number == 0) return std::nullopt;
    return Id(*number);
  }
  /// Decoded; nothing when it was not given.
  std::optional<std::string> query(std::string_view name) const;
  /// `otherwise` when it was not given, `most` when more was asked for; nothing when it is no number.
  std::optional<std::uint64_t> query_number(std::string_view name, std::uint64_t otherwise, std::uint64_t most) const;

  /// Filled in by the router.
  void set_part(std::string_view name, std::string_view value) { parts_.emplace(name, value); }

 private:
  ports::ApiRequest request_;
  std::size_t path_size_ = 0;  // of the target's
  std::map<std::string, std::string, std::less<>> parts_;
  std::map<std::string, std::string, std::less<>> query_;
};

}  // namespace starling::api
