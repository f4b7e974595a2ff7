#include "server/ctl/cmd_token.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <charconv>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "server/auth/key_files.h"
#include "server/auth/token.h"
#include "server/ctl/arguments.h"

namespace starling::ctl {
namespace {

struct MintOptions {
  std::uint64_t user = 0;
  std::string users;  // A-B
  std::uint64_t device = 0;
  std::uint64_t ttl_s = 24 * 3600;
  ports::Grants grants;
};

struct Range {
  std::uint64_t first = 0;
  std::uint64_t last = 0;
};
/// More at once than any file of tokens is for; a slip of the keyboard beyond it would fill the disk.
constexpr std::uint64_t kTokensMax = 10'000'000;
/// Ten years: a token is as good as its key, and keys are to be rotated.
constexpr std::uint64_t kTtlMaxS = std::uint64_t{10} * 366 * 24 * 3600;
/// More than any device sends.
constexpr std::uint64_t kSendsMax = 1'000'000;
std::optional<Range> parse_range(std::string_view text) {
  const auto number = [](std::string_view digits) -> std::uint64_t {
    std::uint64_t value = 0;
    const auto [end, status] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
    return status == std::errc{} && end == digits.data() + digits.size() ? value : 0;
  };
  const auto dash = text.find('-');
  if (dash == std::string_view::npos) return std::nullopt;
  const Range range{number(text.substr(0, dash)), number(text.substr(dash + 1))};
  if (range.first == 0 || range.last < range.first || range.last - range.first >= kTokensMax) return std::nullopt;
  return range;
}

int mint(const Options& options, const MintOptions& mint) {
  const auto range = mint.users.empty() ? std::optional(Range{mint.user, mint.user}) : parse_range(mint.users);
  if (!range || range->first == 0) {
    fmt::print(stderr, "starlingctl token mint: give --user N, or --users A-B with 1 <= A <= B, {} at most\n",
               kTokensMax);
    return kExitUsage;
  }
  const app::Config config = config_of(options);
  if (const auto became = become_owner(config); !became) return failed(became.error());
  const std::string keys = config.keys_dir();
  if (const auto made = auth::ensure_keys(keys); !made) return failed(made.error().message);
  const auto secret = auth::load_token_secret(keys);
  if (!secret) return failed(secret.error().message);
  const WallTime now = wall_now();
  for (std::uint64_t n = 0; n <= range->last - range->first; ++n) {
    const std::uint64_t user = range->first + n;
    // A user's first device is the user's own number: minted again, the token is for the same device.
    const DeviceId device(mint.device != 0 ? mint.device : user);
    const std::string token = auth::mint_token(*secret, {.user = UserId(user),
                                                         .device = device,
                                                         .issued = now,
                                                         .expires = now + std::chrono::seconds(mint.ttl_s),
                                                         .grants = mint.grants});
    std::puts(token.c_str());
  }
  return kExitOk;
}

}  // namespace

void add_token_command(CLI::App& root, Options& options) {
  CLI::App* token = root.add_subcommand("token", "Access tokens")->require_subcommand(1);
  CLI::App* command = token->add_subcommand("mint", "Print signed access tokens, one a line");
  auto mint_options = std::make_shared<MintOptions>();
  auto* user = command->add_option("--user", mint_options->user, "The user's number")->check(id());
  command->add_option("--users", mint_options->users, "A range of users, as in 1-1000")->excludes(user);
  command->add_option("--device", mint_options->device, "The device's number (default: the user's number)")
      ->needs(user)
      ->check(id());
  command->add_option("--ttl", mint_options->ttl_s, "Seconds until it expires (default: a day)")
      ->check(whole_number(1, kTtlMaxS));
  command->add_option("--grant-sends-per-s", mint_options->grants.sends_per_s, "Sends a second, sustained (default: 2)")
      ->check(whole_number(1, kSendsMax));
  command->add_option("--grant-burst", mint_options->grants.sends_burst, "Sends at once (default: 20)")
      ->check(whole_number(1, kSendsMax));
  command->callback([mint_options, &options] { options.exit_code = mint(options, *mint_options); });
}

}  // namespace starling::ctl
