#include "server/store/postgres/resolver.h"

#include <arpa/inet.h>
#include <fmt/format.h>
#include <netdb.h>

#include <algorithm>
#include <array>
#include <mutex>
#include <thread>
#include <utility>

namespace starling::postgres {
namespace {

bool is_path(const std::string& name) { return name.empty() || name.front() == '/' || name.front() == '@'; }

bool is_name(const Host& host) {
  in6_addr any{};
  return host.address.empty() && !is_path(host.name) && ::inet_pton(AF_INET, host.name.c_str(), &any) != 1 &&
         ::inet_pton(AF_INET6, host.name.c_str(), &any) != 1;
}

void resolve(const Host& host, Resolver::Answer& answer) {
  if (!is_name(host)) return answer.hosts.push_back(host);
  const addrinfo hints{.ai_family = AF_UNSPEC, .ai_socktype = SOCK_STREAM};
  addrinfo* found = nullptr;
  if (const int error = ::getaddrinfo(host.name.c_str(), nullptr, &hints, &found); error != 0) {
    answer.error += fmt::format("{}{}: {}", answer.error.empty() ? "" : "; ", host.name, ::gai_strerror(error));
    return;
  }
  for (const addrinfo* each = found; each != nullptr; each = each->ai_next) {
    std::array<char, NI_MAXHOST> text{};
    if (::getnameinfo(each->ai_addr, each->ai_addrlen, text.data(), text.size(), nullptr, 0, NI_NUMERICHOST) == 0) {
      answer.hosts.push_back({.name = host.name, .address = text.data(), .port = host.port});
    }
  }
  ::freeaddrinfo(found);
}

Resolver::Answer resolve(const Hosts& hosts) {
  Resolver::Answer answer;
  for (const Host& host : hosts) resolve(host, answer);
  if (!answer.hosts.empty()) answer.error.clear();  // the others will do
  return answer;
}

}  // namespace

struct Resolver::Asked {
  explicit Asked(Hosts named) : hosts(std::move(named)) {}

  const Hosts hosts;
  std::mutex mutex;  // of what follows
  bool under_way = false;
  Clock::time_point at{};
  std::optional<Answer> answer;
};

Resolver::Resolver(const std::string& conninfo) : asked_(std::make_shared<Asked>(hosts_in(conninfo))) {
  needed_ = std::ranges::any_of(asked_->hosts, is_name);
}

const Hosts& Resolver::hosts() const { return asked_->hosts; }

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
