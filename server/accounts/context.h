// What the parts of the account service share. Each part is a class over it, called from the API's threads.
#pragma once

#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "common/base/time.h"
#include "server/accounts/config.h"
#include "server/accounts/passwords.h"
#include "server/accounts/store_calls.h"
#include "server/accounts/throttle.h"
#include "server/auth/authenticator.h"
#include "server/auth/keys.h"
#include "server/auth/revoked_devices.h"

namespace starling::accounts {

struct Keys {
  auth::TokenSecret token;
  auth::CredentialKey credential;
};

struct Moment {
  Instant at;
  WallTime wall;
};

struct Context {
  Context(Config configuration, Keys secrets, StoreCalls& calls, const auth::Authenticator& verifier,
          auth::RevokedDevices& void_devices, std::function<Moment()> now_is)
      : config(std::move(configuration)),
        keys(secrets),
        store(calls),
        authenticator(verifier),
        revoked(void_devices),
        now(std::move(now_is)),
        attempts(config.attempts_burst, config.attempts_per_minute),
        calls_of_devices(limits::kCallsBurst, limits::kCallsPerMinute) {}

  /// From now on their credentials are refused and their connections close.
  void revoke(const std::vector<ports::RevokedDevice>& devices) {
    for (const ports::RevokedDevice& each : devices) {
      if (revoked.add(each.device, each.revoked) && close_connections) close_connections(each.device);
    }
  }

  const Config config;
  const Keys keys;
  StoreCalls& store;
  const auth::Authenticator& authenticator;
  auth::RevokedDevices& revoked;
  const std::function<Moment()> now;
  // What the shards are told; set before the first call.
  std::function<void(DeviceId)> close_connections;
  std::function<void(RoomId, Seq)> log_grew;
  std::function<void(UserId)> items_changed;
  PasswordHasher hasher;
  Buckets attempts;  // by network
  Buckets calls_of_devices;
  GuessDelay guesses;
};

/// What a person or a program is known by to the throttles and to the audit log.
struct Origin {
  std::string address;
  std::string network;
  static Origin of(const std::string& address) { return {.address = address, .network = network_of(address)}; }
};

}  // namespace starling::accounts
