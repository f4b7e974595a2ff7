// Key files in a directory: token.N.secret, token.N.public, ticket.N.secret and credential.1.secret, mode 0400, N the key's id. Made by
// `starlingctl keygen` or by the first start of a server. A node of a cluster has bus.1.secret and bus.1.public too, made by
// `starlingctl keygen --bus`.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "common/base/result.h"
#include "server/auth/keys.h"

namespace starling::auth {

/// A message for the operator that names the file and the fix.
struct KeyFileError {
  std::string message;
};

/// Makes the directory (0700), a first key of each kind where none is, and the public half of a secret that lacks it.
Result<void, KeyFileError> ensure_keys(const std::filesystem::path& dir);

/// A bus key where none is; returns the half that the other nodes need.
Result<BusPublic, KeyFileError> ensure_bus_key(const std::filesystem::path& dir);
/// As bus.1.public has it, and the lists of peers.
std::string text_of(const BusPublic& key);
Result<BusPublic, KeyFileError> parse_bus_public(std::string_view text);

/// Adds a newer key of each kind that is rotated and removes all but the newest kKeysAliveMax of each. Returns the new id.
Result<KeyId, KeyFileError> rotate_keys(const std::filesystem::path& dir);

/// Secrets that others than their owner can read are refused.
Result<ServerKeys, KeyFileError> load_server_keys(const std::filesystem::path& dir);
/// Of ensure_keys.
Result<CredentialKey, KeyFileError> load_credential_key(const std::filesystem::path& dir);
/// Of ensure_bus_key.
Result<BusSecret, KeyFileError> load_bus_secret(const std::filesystem::path& dir);
/// The newest token secret.
Result<TokenSecret, KeyFileError> load_token_secret(const std::filesystem::path& dir);

}  // namespace starling::auth
