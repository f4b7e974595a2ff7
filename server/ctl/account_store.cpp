#include "server/ctl/account_store.h"

#include <fmt/format.h>
#include <termios.h>
#include <unistd.h>

#include <array>
#include <cstdio>

#include "server/accounts/text.h"
#include "server/store/postgres/accounts.h"
#include "server/store/sqlite/accounts.h"
#include "server/store/sqlite/data_dir.h"

namespace starling::ctl {
namespace {

/// Longer than any password may be.
constexpr std::size_t kLineMax = 4096;

/// Nothing typed is shown while it lives.
class Unseen {
 public:
  Unseen() {
    if (::tcgetattr(STDIN_FILENO, &before_) != 0) return;
    termios quiet = before_;
    quiet.c_lflag &= ~static_cast<tcflag_t>(ECHO);
    changed_ = ::tcsetattr(STDIN_FILENO, TCSAFLUSH, &quiet) == 0;
  }
  Unseen(const Unseen&) = delete;
  Unseen& operator=(const Unseen&) = delete;
  ~Unseen() {
    if (changed_) ::tcsetattr(STDIN_FILENO, TCSAFLUSH, &before_);
  }

 private:
  termios before_{};
  bool changed_ = false;
};

postgres::Database people(const app::Config& config) {
  return postgres::Databases(config.store.postgres, config.store.rooms).people;
}

Result<std::string, std::string> line_of_input() {
  std::array<char, kLineMax> line{};
  if (std::fgets(line.data(), line.size(), stdin) == nullptr) {
    return tl::unexpected(std::string("no password came; type it, or give it on standard input"));
  }
  std::string text(line.data());
  while (text.ends_with('\n') || text.ends_with('\r')) text.pop_back();
  return text;
}

Result<std::string, std::string> asked(const std::string& prompt) {
  std::fprintf(stderr, "%s: ", prompt.c_str());
  const Unseen unseen;
  auto line = line_of_input();
  std::fputs("\n", stderr);
  return line;
}

}  // namespace

Result<AccountStore, std::string> AccountStore::open(const Options& options) {
  app::Config config = config_of(options);
  if (!config.store.is_shared()) {
    if (auto became = become_owner(config); !became) return tl::unexpected(became.error());
  }
  return AccountStore(std::move(config));
}

Result<ports::AccountResult, std::string> AccountStore::found(const ports::AccountRead& request) const {
  if (config_.store.is_shared()) return postgres::read_accounts(people(config_), request);
  return store::read_accounts(config_.database_path(), request);
}

Result<ports::AccountResult, std::string> AccountStore::changed(const ports::ChangeAccounts& change) const {
  if (config_.store.is_shared()) return postgres::change_accounts(people(config_), change);
  if (auto made = store::DataDir::make(config_.data_dir); !made) return tl::unexpected(made.error());
  return store::change_accounts(config_.database_path(), change);
}

Result<ports::Account, std::string> AccountStore::account(const std::string& handle) const {
  auto found = read<ports::AccountFound>(ports::FindAccount{.handle = accounts::folded(handle)});
  if (!found) return tl::unexpected(found.error());
  if (!found->account) return tl::unexpected(fmt::format("there is no account {}; see: starlingctl user list", handle));
  return std::move(*found->account);
}

Result<std::string, std::string> read_password(const std::string& prompt) {
  if (::isatty(STDIN_FILENO) == 0) return line_of_input();
  auto first = asked(prompt);
  if (!first) return first;
  auto second = asked("again");
  if (!second) return second;
  if (*first != *second) return tl::unexpected(std::string("the two are not the same"));
  return first;
}

}  // namespace starling::ctl
