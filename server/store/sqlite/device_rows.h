// Devices and their refresh tokens, inside the writer's transaction.
#pragma once

#include "server/ports/accounts.h"
#include "server/store/sqlite/sqlite.h"

namespace starling::store {

/// Owner: the thread of the connection.
class DeviceRows {
 public:
  explicit DeviceRows(Connection& connection);

  void insert(const ports::NewDevice& device);
  /// Revokes those of the user seen longest ago, beyond `most`, but not `newest`.
  std::vector<ports::RevokedDevice> trim(UserId user, DeviceId newest, std::uint32_t most, WallTime now);
  ports::RefreshRotated rotate(const ports::RotateRefresh& request);
  /// `device`, or with 0 all but `except`.
  std::vector<ports::RevokedDevice> revoke(UserId user, DeviceId device, DeviceId except, WallTime now);
  void prune(WallTime before);

 private:
  struct Chain {
    ports::RefreshRotated answer;
    std::string current;
    std::string previous;
    std::string sealed;
    WallTime rotated;
  };
  std::optional<Chain> chain(const ports::FamilyId& family);
  void mark(const std::vector<ports::RevokedDevice>& devices);

  Statement insert_;
  Statement chain_;
  Statement advance_;
  Statement replace_;
  Statement live_;
  Statement revoke_;
  Statement prune_;
};

}  // namespace starling::store
