#include "server/directory/sentinels.h"

#include <fmt/format.h>
#include <hiredis/hiredis.h>

#include <charconv>
#include <memory>
#include <optional>
#include <string_view>

#include "server/directory/limits.h"

namespace starling::directory {
namespace {

struct Free {
  void operator()(redisContext* context) const { redisFree(context); }
  void operator()(redisReply* reply) const { freeReplyObject(reply); }
};

std::optional<Address> address_in(const redisReply& reply) {
  if (reply.type != REDIS_REPLY_ARRAY || reply.elements != 2) return std::nullopt;
  const redisReply& host = *reply.element[0];
  const redisReply& port = *reply.element[1];
  if (host.type != REDIS_REPLY_STRING || port.type != REDIS_REPLY_STRING) return std::nullopt;
  Address address{.host = std::string(host.str, host.len)};
  const auto parsed = std::from_chars(port.str, port.str + port.len, address.port);
  if (parsed.ec != std::errc() || address.port == 0 || address.host.empty()) return std::nullopt;
  return address;
}

/// Or what is wrong.
Result<Address, std::string> ask(const Address& sentinel, const std::string& master) {
  constexpr timeval kPatience{.tv_sec = 0, .tv_usec = std::chrono::microseconds(limits::kSentinelPatience).count()};
  const std::unique_ptr<redisContext, Free> context(
      sentinel.port == 0 ? redisConnectUnixWithTimeout(sentinel.host.c_str(), kPatience)
                         : redisConnectWithTimeout(sentinel.host.c_str(), sentinel.port, kPatience));
  if (context == nullptr) return fail<std::string>("out of memory");
  if (context->err != 0) return fail<std::string>(context->errstr);
  redisSetTimeout(context.get(), kPatience);
  const std::unique_ptr<redisReply, Free> reply(static_cast<redisReply*>(
      redisCommand(context.get(), "SENTINEL get-master-addr-by-name %b", master.data(), master.size())));
  if (reply == nullptr) return fail<std::string>(context->errstr);
  if (reply->type == REDIS_REPLY_ERROR) return fail(std::string(reply->str, reply->len));
  if (auto address = address_in(*reply)) return *address;
  return fail<std::string>("does not know it");
}

}  // namespace

Result<Address, std::string> ask_sentinels(const Config& config) {
  std::string answers;
  for (const Address& sentinel : config.sentinels) {
    auto address = ask(sentinel, config.master);
    if (address) return address;
    answers += fmt::format("; {}: {}", text_of(sentinel), address.error());
  }
  return fail(
      fmt::format("no sentinel says where {} is{}; fix: the sentinels' addresses and the master's name in the "
                  "configuration, or the sentinels",
                  config.master, answers));
}

}  // namespace starling::directory
