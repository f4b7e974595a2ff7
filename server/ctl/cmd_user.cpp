#include "server/ctl/cmd_user.h"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <cstdint>
#include <cstdio>
#include <ctime>
#include <memory>
#include <string>

#include "server/accounts/limits.h"
#include "server/accounts/passwords.h"
#include "server/accounts/secrets.h"
#include "server/accounts/text.h"
#include "server/ctl/account_store.h"
#include "server/ctl/arguments.h"

namespace starling::ctl {
namespace {

struct UserOptions {
  std::string handle;
  std::string name;
  std::uint64_t device = 0;
  bool admin = false;
  bool off = false;
};

constexpr std::uint32_t kPage = 1000;

std::string text_of(WallTime time) { return fmt::format("{:%Y-%m-%d %H:%M}", fmt::gmtime(to_ms(time) / 1000)); }

/// Prints what was done; the devices are seen by a running server within two seconds.
int revoked(const Result<ports::DevicesRevoked, std::string>& done, const std::string& what) {
  if (!done) return failed(done.error());
  if (!done->found) return failed("no such device of this account; see: starlingctl user sessions");
  fmt::print("{}; {} devices revoked\n", what, done->devices.size());
  return kExitOk;
}

int add(const AccountStore& store, const UserOptions& user) {
  const auto handle = accounts::handle_of(user.handle);
  if (!handle) return failed("a handle has 2 to 32 of a-z, 0-9, '_', '.' and '-'");
  const std::string name = user.name.empty() ? *handle : user.name;
  if (!accounts::is_line(name, accounts::limits::kDisplayNameMax, false)) {
    return failed("a name has at most 64 characters on one line");
  }
  const auto password = read_password("password of " + *handle);
  if (!password) return failed(password.error());
  if (const auto good = accounts::check_password(*password, *handle); !good) return failed(good.error().message);
  const UserId id = accounts::random_user();
  const auto made = store.change<ports::AccountCreated>(
      ports::CreateAccount{.account = {.profile = {.user = id,
                                                   .handle = *handle,
                                                   .display_name = name,
                                                   .avatar_color = accounts::default_color(id.value)},
                                       .password_hash = accounts::PasswordHasher().hash(*password),
                                       .admin = user.admin,
                                       .created = wall_now()}},
      "register", id);
  if (!made) return failed(made.error());
  if (made->creation != ports::Creation::Created) return failed(fmt::format("the handle {} is taken", *handle));
  fmt::print("{} is user {}{}\n", *handle, id.value, made->admin ? ", an administrator" : "");
  return kExitOk;
}

int passwd(const AccountStore& store, const ports::Account& account) {
  const std::string& handle = account.profile.handle;
  const auto password = read_password("new password of " + handle);
  if (!password) return failed(password.error());
  if (const auto good = accounts::check_password(*password, handle); !good) return failed(good.error().message);
  return revoked(
      store.change<ports::DevicesRevoked>(ports::PutPassword{.user = account.profile.user,
                                                             .hash = accounts::PasswordHasher().hash(*password),
                                                             .revoke = true,
                                                             .now = wall_now()},
                                          "password", account.profile.user),
      handle + " has a new password");
}

int list(const AccountStore& store) {
  UserId after;
  for (;;) {
    const auto page = store.read<ports::AccountsListed>(ports::ListAccounts{.after = after, .limit = kPage});
    if (!page) return failed(page.error());
    for (const ports::Account& account : page->accounts) {
      fmt::print("{}\t{}\t{}\t{}{}{}\n", account.profile.user.value, account.profile.handle, text_of(account.created),
                 account.admin ? "administrator " : "", account.totp_on ? "totp " : "",
                 account.disabled ? "disabled" : "");
      after = account.profile.user;
    }
    if (page->accounts.size() < kPage) return kExitOk;
  }
}

int sessions(const AccountStore& store, const ports::Account& account) {
  const auto listed = store.read<ports::DevicesListed>(ports::ListDevices{account.profile.user});
  if (!listed) return failed(listed.error());
  for (const ports::AccountDevice& device : listed->devices) {
    fmt::print("{}\t{}\t{}\t{}\n", device.device.value, text_of(device.last_seen), device.address, device.name);
  }
  return kExitOk;
}

int set_disabled(const AccountStore& store, const ports::Account& account, bool disabled) {
  return revoked(store.change<ports::DevicesRevoked>(
                     ports::PutFlags{.user = account.profile.user, .disabled = disabled, .now = wall_now()},
                     disabled ? "disabled" : "enabled", account.profile.user),
                 fmt::format("{} is {}", account.profile.handle, disabled ? "disabled" : "enabled"));
}

int revoke(const AccountStore& store, const ports::Account& account, DeviceId device) {
  return revoked(store.change<ports::DevicesRevoked>(
                     ports::RevokeDevices{.user = account.profile.user, .device = device, .now = wall_now()}, "revoke",
                     account.profile.user, device),
                 account.profile.handle);
}

int set_admin(const AccountStore& store, const ports::Account& account, bool admin) {
  const auto done = store.change<ports::DevicesRevoked>(
      ports::PutFlags{.user = account.profile.user, .admin = admin, .now = wall_now()}, admin ? "admin" : "admin_off",
      account.profile.user);
  if (!done) return failed(done.error());
  fmt::print("{} is {}\n", account.profile.handle, admin ? "an administrator" : "no administrator");
  return kExitOk;
}

/// A command on an account that has to be there.
template <class Run>
void on_account(CLI::App* command, const std::shared_ptr<UserOptions>& user, Options& options, Run run) {
  command->add_option("HANDLE", user->handle, "Of the account")->required();
  command->callback([user, &options, run] {
    const auto store = AccountStore::open(options);
    const auto account = store ? store->account(user->handle) : tl::unexpected(store.error());
    options.exit_code = account ? run(*store, *account, *user) : failed(account.error());
  });
}

}  // namespace

void add_user_command(CLI::App& root, Options& options) {
  CLI::App* users = root.add_subcommand("user", "Accounts")->require_subcommand(1);
  const auto user = std::make_shared<UserOptions>();
  CLI::App* added =
      users->add_subcommand("add", "Make an account; the password is asked for, or read from standard input");
  added->add_option("HANDLE", user->handle, "Of the account")->required();
  added->add_option("--name", user->name, "Shown to people (default: the handle)");
  added->add_flag("--admin", user->admin, "An administrator");
  added->callback([user, &options] {
    const auto store = AccountStore::open(options);
    options.exit_code = store ? add(*store, *user) : failed(store.error());
  });
  users->add_subcommand("list", "One account a line")->callback([&options] {
    const auto store = AccountStore::open(options);
    options.exit_code = store ? list(*store) : failed(store.error());
  });
  using Store = const AccountStore&;
  using Account = const ports::Account&;
  using Given = const UserOptions&;
  on_account(users->add_subcommand("passwd", "Set a password, asked for or from standard input; ends all devices"),
             user, options, [](Store s, Account a, Given) { return passwd(s, a); });
  on_account(users->add_subcommand("disable", "Let nobody in any more; ends all devices"), user, options,
             [](Store s, Account a, Given) { return set_disabled(s, a, true); });
  on_account(users->add_subcommand("enable", "Let them in again"), user, options,
             [](Store s, Account a, Given) { return set_disabled(s, a, false); });
  on_account(users->add_subcommand("sessions", "One device a line"), user, options,
             [](Store s, Account a, Given) { return sessions(s, a); });
  CLI::App* ended = users->add_subcommand("revoke", "End all devices, or one");
  ended->add_option("--device", user->device, "Only this one")->check(id());
  on_account(ended, user, options, [](Store s, Account a, Given g) { return revoke(s, a, DeviceId(g.device)); });
  CLI::App* admin = users->add_subcommand("admin", "Make an administrator");
  admin->add_flag("--off", user->off, "Not any more");
  on_account(admin, user, options, [](Store s, Account a, Given g) { return set_admin(s, a, !g.off); });
}

}  // namespace starling::ctl
