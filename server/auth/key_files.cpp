#include "server/auth/key_files.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <cstring>
#include <fstream>
#include <span>
#include <system_error>

#include "server/auth/claims_codec.h"

namespace starling::auth {
namespace {

namespace fs = std::filesystem;

using KeyBytes = std::array<unsigned char, 32>;

struct Name {
  std::string_view kind;  // "token" or "ticket"
  std::string_view half;  // "secret" or "public"
};
constexpr Name kTokenSecret{"token", "secret"};
constexpr Name kTokenPublic{"token", "public"};
constexpr Name kTicket{"ticket", "secret"};
constexpr Name kCredential{"credential", "secret"};
constexpr Name kBusSecret{"bus", "secret"};
constexpr Name kBusPublic{"bus", "public"};

tl::unexpected<KeyFileError> error(std::string message) { return tl::unexpected(KeyFileError{std::move(message)}); }

fs::path path_of(const fs::path& dir, Name name, KeyId id) {
  return dir / fmt::format("{}.{}.{}", name.kind, id.value, name.half);
}

/// Ascending ids of the files of this name.
std::vector<KeyId> ids_in(const fs::path& dir, Name name) {
  std::vector<KeyId> ids;
  std::error_code ignored;  // no directory, no keys
  for (const auto& entry : fs::directory_iterator(dir, ignored)) {
    const std::string file = entry.path().filename().string();
    const std::string prefix = fmt::format("{}.", name.kind);
    const std::string suffix = fmt::format(".{}", name.half);
    if (!file.starts_with(prefix) || !file.ends_with(suffix) || file.size() <= prefix.size() + suffix.size()) continue;
    const std::string digits = file.substr(prefix.size(), file.size() - prefix.size() - suffix.size());
    std::uint32_t value = 0;
    const auto [end, ec] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
    if (ec == std::errc{} && end == digits.data() + digits.size() && value != 0) ids.emplace_back(value);
  }
  std::ranges::sort(ids);
  return ids;
}

bool sync_dir(const fs::path& dir) {
  const int fd = ::open(dir.empty() ? "." : dir.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (fd < 0) return false;
  const bool synced = ::fsync(fd) == 0;
  const int saved = errno;
  ::close(fd);
  errno = saved;
  return synced;
}

Result<void, KeyFileError> write_key(const fs::path& path, const KeyBytes& bytes) {
  const std::string line = encode_base64url(bytes) + "\n";
  // Written beside and renamed, so that a crash leaves no half key behind; and synced, so that none takes it away from
  // those who already hold its tokens.
  const std::string draft = path.string() + ".new";
  ::unlink(draft.c_str());
  const int fd = ::open(draft.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0400);
  const bool written =
      fd >= 0 && ::write(fd, line.data(), line.size()) == static_cast<ssize_t>(line.size()) && ::fsync(fd) == 0;
  const int saved = errno;
  if (fd >= 0) ::close(fd);
  if (!written || ::rename(draft.c_str(), path.c_str()) != 0 || !sync_dir(path.parent_path())) {
    return error(
        fmt::format("cannot write the key file {}: {}", path.string(), std::strerror(written ? errno : saved)));
  }
  return {};
}

Result<KeyBytes, KeyFileError> read_key(const fs::path& path, bool secret) {
  struct stat info{};
  if (::stat(path.c_str(), &info) != 0) {
    return error(fmt::format("cannot read the key file {}: {}", path.string(), std::strerror(errno)));
  }
  if (secret && (info.st_mode & 077) != 0) {
    return error(fmt::format("the key file {0} can be read by others; fix: chmod 0400 {0}", path.string()));
  }
  std::ifstream file(path);
  std::string line;
  std::getline(file, line);
  const auto raw = decode_base64url(line);
  KeyBytes bytes{};
  if (!raw || raw->size != bytes.size()) {
    return error(
        fmt::format("the key file {0} does not hold a key; remove it and run: starlingctl keygen", path.string()));
  }
  std::ranges::copy(raw->bytes(), bytes.begin());
  return bytes;
}

Result<void, KeyFileError> make_dir(const fs::path& dir) {
  std::error_code ec;
  const bool made = fs::create_directories(dir, ec);
  if (!ec) fs::permissions(dir, fs::perms::owner_all, ec);
  if (!ec && made && !sync_dir(dir.lexically_normal().parent_path())) ec.assign(errno, std::generic_category());
  if (ec) return error(fmt::format("cannot make the key directory {}: {}", dir.string(), ec.message()));
  return {};
}

Result<void, KeyFileError> add_token_key(const fs::path& dir, KeyId id) {
  const TokenSecret secret = make_token_secret(id);
  // The half from which the other one follows first.
  if (auto done = write_key(path_of(dir, kTokenSecret, id), secret.seed); !done) return done;
  return write_key(path_of(dir, kTokenPublic, id), public_half(secret).bytes);
}

/// Public halves that are missing, of the secrets that are there.
Result<void, KeyFileError> derive_public_halves(const fs::path& dir) {
  const std::vector<KeyId> there = ids_in(dir, kTokenPublic);
  for (const KeyId id : ids_in(dir, kTokenSecret)) {
    if (std::ranges::binary_search(there, id)) continue;
    const auto seed = read_key(path_of(dir, kTokenSecret, id), true);
    if (!seed) return tl::unexpected(seed.error());
    const TokenPublic half = public_half({.id = id, .seed = *seed});
    if (auto done = write_key(path_of(dir, kTokenPublic, id), half.bytes); !done) return done;
  }
  return {};
}

Result<void, KeyFileError> add_ticket_key(const fs::path& dir, KeyId id) {
  return write_key(path_of(dir, kTicket, id), make_ticket_key(id).bytes);
}

void prune(const fs::path& dir, Name name) {
  const std::vector<KeyId> ids = ids_in(dir, name);
  for (std::size_t i = 0; i + kKeysAliveMax < ids.size(); ++i) {
    std::error_code ignored;  // the loader takes only the newest anyway
    fs::remove(path_of(dir, name, ids[i]), ignored);
  }
}

/// The newest kKeysAliveMax of a name, ascending.
template <class Key>
Result<std::vector<Key>, KeyFileError> load(const fs::path& dir, Name name) {
  const std::vector<KeyId> ids = ids_in(dir, name);
  if (ids.empty()) {
    const std::string_view option = name.kind == kBusSecret.kind ? "--bus " : "";
    return error(fmt::format("no {} key in {}; make one with: starlingctl keygen {}--dir {}{}", name.kind, dir.string(),
                             option, dir.string(),
                             option.empty() ? ", or copy those of the cluster's other nodes, but for bus.*" : ""));
  }
  std::vector<Key> keys;
  for (const KeyId id : std::span(ids).last(std::min(ids.size(), kKeysAliveMax))) {
    auto bytes = read_key(path_of(dir, name, id), name.half == "secret");
    if (!bytes) return tl::unexpected(bytes.error());
    keys.push_back(Key{id, *bytes});
  }
  return keys;
}

}  // namespace

Result<void, KeyFileError> ensure_keys(const std::filesystem::path& dir) {
  if (auto made = make_dir(dir); !made) return made;
  if (auto derived = derive_public_halves(dir); !derived) return derived;
  if (ids_in(dir, kTokenPublic).empty()) {
    if (auto added = add_token_key(dir, KeyId(1)); !added) return added;
  }
  if (ids_in(dir, kTicket).empty()) {
    if (auto added = add_ticket_key(dir, KeyId(1)); !added) return added;
  }
  if (ids_in(dir, kCredential).empty()) {
    return write_key(path_of(dir, kCredential, KeyId(1)), make_credential_key(KeyId(1)).bytes);
  }
  return {};
}

Result<BusPublic, KeyFileError> ensure_bus_key(const std::filesystem::path& dir) {
  if (auto made = make_dir(dir); !made) return tl::unexpected(made.error());
  if (ids_in(dir, kBusSecret).empty()) {
    if (auto done = write_key(path_of(dir, kBusSecret, KeyId(1)), make_bus_secret(KeyId(1)).bytes); !done) {
      return tl::unexpected(done.error());
    }
  }
  const auto secret = load_bus_secret(dir);
  if (!secret) return tl::unexpected(secret.error());
  const BusPublic half = public_half(*secret);
  if (auto done = write_key(path_of(dir, kBusPublic, half.id), half.bytes); !done) return tl::unexpected(done.error());
  return half;
}

std::string text_of(const BusPublic& key) { return encode_base64url(key.bytes); }

Result<BusPublic, KeyFileError> parse_bus_public(std::string_view text) {
  const auto raw = decode_base64url(text);
  BusPublic key{.id = KeyId(1)};
  if (!raw || raw->size != key.bytes.size()) {
    return error(fmt::format("{} is no public key of a node; fix: take the line of bus.1.public there", text));
  }
  std::ranges::copy(raw->bytes(), key.bytes.begin());
  return key;
}

Result<KeyId, KeyFileError> rotate_keys(const std::filesystem::path& dir) {
  if (auto made = make_dir(dir); !made) return tl::unexpected(made.error());
  KeyId newest;
  for (const Name name : {kTokenPublic, kTokenSecret, kTicket}) {
    const std::vector<KeyId> ids = ids_in(dir, name);
    if (!ids.empty()) newest = std::max(newest, ids.back());
  }
  const KeyId id = newest.next();
  if (auto added = add_token_key(dir, id); !added) return tl::unexpected(added.error());
  if (auto added = add_ticket_key(dir, id); !added) return tl::unexpected(added.error());
  for (const Name name : {kTokenPublic, kTokenSecret, kTicket}) prune(dir, name);
  return id;
}

Result<ServerKeys, KeyFileError> load_server_keys(const std::filesystem::path& dir) {
  auto token = load<TokenPublic>(dir, kTokenPublic);
  if (!token) return tl::unexpected(token.error());
  auto ticket = load<TicketKey>(dir, kTicket);
  if (!ticket) return tl::unexpected(ticket.error());
  return ServerKeys{std::move(*token), std::move(*ticket)};
}

Result<CredentialKey, KeyFileError> load_credential_key(const std::filesystem::path& dir) {
  auto keys = load<CredentialKey>(dir, kCredential);
  if (!keys) return tl::unexpected(keys.error());
  return keys->back();
}

Result<BusSecret, KeyFileError> load_bus_secret(const std::filesystem::path& dir) {
  auto secrets = load<BusSecret>(dir, kBusSecret);
  if (!secrets) return tl::unexpected(secrets.error());
  return secrets->back();
}

Result<TokenSecret, KeyFileError> load_token_secret(const std::filesystem::path& dir) {
  auto secrets = load<TokenSecret>(dir, kTokenSecret);
  if (!secrets) return tl::unexpected(secrets.error());
  return secrets->back();
}

}  // namespace starling::auth
