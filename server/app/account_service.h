// The account service and the HTTP API over it, wired to the node and to the store.
#pragma once

#include <memory>
#include <string>

#include "common/base/result.h"
#include "common/base/start_error.h"
#include "server/accounts/context.h"
#include "server/accounts/revocation_watch.h"
#include "server/api/api.h"
#include "server/app/config.h"
#include "server/app/search_service.h"
#include "server/runtime/node.h"

namespace starling::app {

class AccountService {
 public:
  /// Reads whose credentials are void from the store, which `calls` is attached to. All of them outlive it. The error says
  /// what to do.
  static Result<std::unique_ptr<AccountService>, StartError> open(const Config& config, accounts::StoreCalls& calls,
                                                                  const auth::Authenticator& authenticator,
                                                                  auth::RevokedDevices& revoked, SearchService& search,
                                                                  runtime::Node& node);

  /// Good for as long as the service.
  runtime::ApiLink link();
  /// For what others add before the node starts: routes, invitations of rooms.
  api::Api& api() { return api_; }
  accounts::Context& context() { return context_; }
  /// After the node has.
  void start() { watch_.start(); }

 private:
  AccountService(const Config& config, accounts::Keys keys, accounts::StoreCalls& calls,
                 const auth::Authenticator& authenticator, auth::RevokedDevices& revoked, SearchService& search,
                 runtime::Node& node);

  accounts::Context context_;
  api::Api api_;
  accounts::RevocationWatch watch_;
};

}  // namespace starling::app
