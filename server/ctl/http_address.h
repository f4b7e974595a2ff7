// Where a server is asked: out of its configuration, or out of a URL.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "common/base/result.h"
#include "server/app/config.h"

namespace starling::ctl {

struct HttpAddress {
  std::string host;  // a name or an IP address, without brackets
  std::uint16_t port = 80;
  bool tls = false;
  std::string path_prefix;  // of a proxy: "" or "/chat"
  std::string certificate;  // PEM file that the server must show; empty: whatever this machine trusts for `host`

  std::string url() const;
  bool operator==(const HttpAddress&) const = default;
};

/// http://host[:port][/prefix] or https://…; the error says what is accepted.
Result<HttpAddress, std::string> parse_url(std::string_view url);

/// Loopback where the server listens on every address. The error says what to pass instead.
Result<HttpAddress, std::string> address_of(const app::Config& config);

}  // namespace starling::ctl
