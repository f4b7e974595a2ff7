#include "server/store/postgres/resolver.h"

#include <arpa/inet.h>
#include <fmt/format.h>
#include <libpq-fe.h>
#include <netdb.h>

#include <algorithm>
#include <array>
#include <mutex>
#include <sstream>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

namespace starling::postgres {
namespace {

struct Host {
  std::string name;
  std::string port;  // empty: libpq's
};

std::vector<std::string> split(const std::string& list) {
  std::vector<std::string> parts;
  std::istringstream in(list);
  for (std::string part; std::getline(in, part, ',');) parts.push_back(part);
  return parts;
}

std::vector<Host> hosts_in(const std::string& conninfo) {
  struct Free {
    void operator()(PQconninfoOption* options) const { PQconninfoFree(options); }
  };
  const std::unique_ptr<PQconninfoOption, Free> parsed(PQconninfoParse(conninfo.c_str(), nullptr));
  std::vector<std::string> names;
  std::vector<std::string> ports;
  for (const PQconninfoOption* option = parsed.get(); option != nullptr && option->keyword != nullptr; ++option) {
    if (option->val == nullptr) continue;
    const std::string_view keyword(option->keyword);
    if (keyword == "hostaddr") return {};
    if (keyword == "host") names = split(option->val);
    if (keyword == "port") ports = split(option->val);
  }
  std::vector<Host> hosts;
  for (std::size_t i = 0; i < names.size(); ++i) {
    const std::size_t port = ports.size() == 1 ? 0 : i;
    hosts.push_back({.name = names[i], .port = port < ports.size() ? ports[port] : ""});
  }
  return hosts;
}

bool is_path(const std::string& name) { return name.empty() || name.front() == '/' || name.front() == '@'; }

bool is_name(const Host& host) {
  in6_addr any{};
  return !is_path(host.name) && ::inet_pton(AF_INET, host.name.c_str(), &any) != 1 &&
         ::inet_pton(AF_INET6, host.name.c_str(), &any) != 1;
}

void add(Hosts& out, const Host& host, std::string_view address) {
  const char* comma = out.names.empty() ? "" : ",";
  out.names += comma + host.name;
  out.addresses += comma + std::string(address);
  out.ports += comma + host.port;
}

void resolve(const Host& host, Resolver::Answer& answer) {
  if (is_path(host.name)) return add(answer.hosts, host, "");
  const addrinfo hints{.ai_family = AF_UNSPEC, .ai_socktype = SOCK_STREAM};
  addrinfo* found = nullptr;
  if (const int error = ::getaddrinfo(host.name.c_str(), nullptr, &hints, &found); error != 0) {
    answer.error += fmt::format("{}{}: {}", answer.error.empty() ? "" : "; ", host.name, ::gai_strerror(error));
    return;
  }
  for (const addrinfo* each = found; each != nullptr; each = each->ai_next) {
    std::array<char, NI_MAXHOST> text{};
    if (::getnameinfo(each->ai_addr, each->ai_addrlen, text.data(), text.size(), nullptr, 0, NI_NUMERICHOST) == 0) {
      add(answer.hosts, host, text.data());
    }
  }
  ::freeaddrinfo(found);
}

Resolver::Answer resolve(const std::vector<Host>& hosts) {
  Resolver::Answer answer;
  for (const Host& host : hosts) resolve(host, answer);
  if (!answer.hosts.names.empty()) answer.error.clear();  // the others will do
  return answer;
}

}  // namespace

struct Resolver::Asked {
  explicit Asked(std::vector<Host> named) : hosts(std::move(named)) {}

  const std::vector<Host> hosts;
  std::mutex mutex;  // of what follows
  bool under_way = false;
  Clock::time_point at{};
  std::optional<Answer> answer;
};

Resolver::Resolver(const std::string& conninfo) : asked_(std::make_shared<Asked>(hosts_in(conninfo))) {
  needed_ = std::ranges::any_of(asked_->hosts, is_name);
}

std::optional<Resolver::Answer> Resolver::since(Clock::time_point moment) {
  const std::lock_guard lock(asked_->mutex);
  if (asked_->under_way) return std::nullopt;
  if (asked_->answer && asked_->at >= moment) return asked_->answer;
  asked_->under_way = true;
  asked_->at = Clock::now();
  std::thread([asked = asked_] {
    Answer answer = resolve(asked->hosts);
    const std::lock_guard done(asked->mutex);
    asked->answer = std::move(answer);
    asked->under_way = false;
  }).detach();
  return std::nullopt;
}

}  // namespace starling::postgres
