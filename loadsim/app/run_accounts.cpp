#include "loadsim/app/run_accounts.h"

#include <fmt/format.h>

#include <chrono>
#include <fstream>

#include "common/base/rng.h"
#include "server/auth/claims_codec.h"
#include "server/auth/token.h"

namespace starling::loadsim {
namespace {

constexpr std::uint64_t kUserStream = 0x05E4;
constexpr std::uint64_t kDeviceStream = 0xDE1C;
constexpr ports::Grants kWide{.sends_per_s = 100'000, .sends_burst = 100'000};
/// A token is good on a node whose clock is a day behind, and for a run of a day on one that is a day ahead.
constexpr std::chrono::hours kClockWrongMax{24};
constexpr std::chrono::hours kTokenTtl{48};

/// 62 bits: beyond anything that is counted from 1, and a positive number in every language.
std::uint64_t fresh_id(std::uint64_t seed, std::uint64_t stream, std::uint32_t index) {
  return draw(seed, stream, index, 0) >> 2 | std::uint64_t{1} << 61;
}

WallTime wall_now() {
  return wall_from_ms(
      std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::system_clock::now().time_since_epoch())
          .count());
}

}  // namespace

MintedAccounts::MintedAccounts(auth::TokenSecret secret, std::uint64_t seed, bool seeded)
    : secret_(secret), seed_(seed), seeded_(seeded) {}

people::Account MintedAccounts::at(std::uint32_t index) const {
  return {.user = UserId(seeded_ ? std::uint64_t{index} + 1 : fresh_id(seed_, kUserStream, index)),
          .device = DeviceId(fresh_id(seed_, kDeviceStream, index))};
}

std::string MintedAccounts::token(std::uint32_t index) const {
  const people::Account account = at(index);
  const WallTime now = wall_now();
  return auth::mint_token(secret_, {.user = account.user,
                                    .device = account.device,
                                    .issued = now - kClockWrongMax,
                                    .expires = now + kTokenTtl,
                                    .grants = kWide});
}

Result<std::unique_ptr<ListedAccounts>, std::string> ListedAccounts::read(const std::string& path,
                                                                          const auth::ServerKeys& keys) {
  std::ifstream file(path);
  if (!file) return tl::unexpected(fmt::format("{} cannot be read", path));
  auto accounts = std::make_unique<ListedAccounts>();
  std::string line;
  for (std::size_t number = 1; std::getline(file, line); ++number) {
    if (line.empty()) continue;
    const auto raw = auth::decode_base64url(line);
    const auto claims = raw ? auth::verify_token(keys.token, raw->bytes(), wall_now())
                            : Result<ports::Claims, auth::AuthError>(tl::unexpected(raw.error()));
    if (!claims) return tl::unexpected(fmt::format("{}:{}: no token that this server would take", path, number));
    accounts->accounts_.push_back({.user = claims->user, .device = claims->device});
    accounts->tokens_.push_back(line);
  }
  return accounts;
}

}  // namespace starling::loadsim
