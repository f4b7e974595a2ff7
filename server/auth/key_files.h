// Key files in a directory: token.N.secret, token.N.public, ticket.N.secret and credential.1.secret, mode 0400, N the key's id. Made by
// `starlingctl keygen` or by the first start of a server.
#pragma once

#include <filesystem>
#include <string>
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

/// Adds a newer key of each kind that is rotated and removes all but the newest kKeysAliveMax of each. Returns the new id.
Result<KeyId, KeyFileError> rotate_keys(const std::filesystem::path& dir);

/// Secrets that others than their owner can read are refused.
Result<ServerKeys, KeyFileError> load_server_keys(const std::filesystem::path& dir);
/// Of ensure_keys.
Result<CredentialKey, KeyFileError> load_credential_key(const std::filesystem::path& dir);
/// The newest token secret.
Result<TokenSecret, KeyFileError> load_token_secret(const std::filesystem::path& dir);

}  // namespace starling::auth
