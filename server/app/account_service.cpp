#include "server/app/account_service.h"

#include <utility>

#include "server/auth/key_files.h"

namespace starling::app {
namespace {

Result<accounts::Keys, std::string> load_keys(const std::string& dir) {
  const auto token = auth::load_token_secret(dir);
  if (!token) {
    return tl::unexpected(token.error().message + " (a server signs the tokens of its logins itself)");
  }
  const auto credential = auth::load_credential_key(dir);
  if (!credential) return tl::unexpected(credential.error().message);
  return accounts::Keys{.token = *token, .credential = *credential};
}

}  // namespace

AccountService::AccountService(const Config& config, accounts::Keys keys, accounts::StoreCalls& calls,
                               const auth::Authenticator& authenticator, auth::RevokedDevices& revoked,
                               SearchService& search, runtime::Node& node)
    : context_(config.accounts, keys, calls, authenticator, revoked,
               [&node] {
                 const core::Now now = node.now();
                 return accounts::Moment{.at = now.at, .wall = now.wall};
               }),
      api_(
          context_, STARLING_VERSION, [&search](const search::SearchQuery& query) { return search.find(query); },
          [&node](ShardId shard, ports::ApiResponse&& response) { node.answer(shard, std::move(response)); }),
      watch_(context_) {
  context_.close_connections = [&node](DeviceId device) { node.revoke(device); };
  context_.log_grew = [&node](RoomId room, Seq head) { node.log_grew(room, head); };
  context_.items_changed = [&node](UserId user) { node.items_changed(user); };
}

Result<std::unique_ptr<AccountService>, StartError> AccountService::open(const Config& config,
                                                                         accounts::StoreCalls& calls,
                                                                         const auth::Authenticator& authenticator,
                                                                         auth::RevokedDevices& revoked,
                                                                         SearchService& search, runtime::Node& node) {
  const auto keys = load_keys(config.keys_dir());
  if (!keys) return tl::unexpected(keys.error());
  std::unique_ptr<AccountService> service(
      new AccountService(config, *keys, calls, authenticator, revoked, search, node));
  if (auto looked = service->watch_.look(); !looked) return tl::unexpected(StartError(looked.error().message, true));
  return service;
}

runtime::ApiLink AccountService::link() {
  return {.submit = [this](ports::ApiRequest&& request) { api_.submit(std::move(request)); },
          .metrics = [this] { return api_.metrics(); },
          .revoked = &context_.revoked};
}

}  // namespace starling::app
