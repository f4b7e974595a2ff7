#include "server/ctl/http_address.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <system_error>

namespace starling::ctl {
namespace {

bool take(std::string_view& text, std::string_view prefix) {
  if (!text.starts_with(prefix)) return false;
  text.remove_prefix(prefix.size());
  return true;
}

/// The host at the front of `text`, taken off it; empty when there is none.
std::string_view take_host(std::string_view& text) {
  const bool bracketed = take(text, "[");
  const std::size_t end = bracketed ? text.find(']') : std::min(text.find_first_of(":/"), text.size());
  if (end == std::string_view::npos) return {};
  const std::string_view host = text.substr(0, end);
  text.remove_prefix(end + (bracketed ? 1 : 0));
  return host;
}

/// False when there is a colon without a port after it.
bool take_port(std::string_view& text, std::uint16_t& port) {
  if (!take(text, ":")) return true;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), port);
  if (error != std::errc{} || port == 0) return false;
  text.remove_prefix(static_cast<std::size_t>(end - text.data()));
  return true;
}

}  // namespace

std::string HttpAddress::url() const {
  const bool v6 = host.find(':') != std::string::npos;
  return fmt::format("{}://{}{}{}:{}{}", tls ? "https" : "http", v6 ? "[" : "", host, v6 ? "]" : "", port, path_prefix);
}

Result<HttpAddress, std::string> parse_url(std::string_view url) {
  std::string_view rest = url;
  HttpAddress address;
  address.tls = take(rest, "https://");
  address.port = address.tls ? 443 : 80;
  if (address.tls || take(rest, "http://")) {
    address.host = take_host(rest);
    if (!address.host.empty() && take_port(rest, address.port) && (rest.empty() || rest.front() == '/')) {
      while (rest.ends_with('/')) rest.remove_suffix(1);
      address.path_prefix = rest;
      return address;
    }
  }
  return tl::unexpected(fmt::format("cannot read the URL '{}': give http://HOST[:PORT] or https://HOST[:PORT]", url));
}

Result<HttpAddress, std::string> address_of(const app::Config& config) {
  const runtime::Config& listen = config.runtime;
  if (listen.port == 0) {
    return tl::unexpected(
        std::string("server.listen has port 0, so the port is known to the server only (its "
                    "--port-file); give --url http://HOST:PORT"));
  }
  const bool any_v4 = listen.address == "0.0.0.0";
  const bool any_v6 = listen.address == "::";
  return HttpAddress{.host = any_v4   ? "127.0.0.1"
                             : any_v6 ? "::1"
                                      : listen.address,
                     .port = listen.port,
                     .tls = listen.tls.enabled(),
                     .path_prefix = {},
                     .certificate = listen.tls.certificate};
}

}  // namespace starling::ctl
