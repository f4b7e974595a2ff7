#include "server/ctl/cmd_invite.h"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <chrono>
#include <cstdint>
#include <memory>

#include "server/accounts/limits.h"
#include "server/accounts/secrets.h"
#include "server/ctl/account_store.h"
#include "server/ctl/arguments.h"

namespace starling::ctl {
namespace {

namespace limits = accounts::limits;

struct InviteOptions {
  std::uint32_t uses = 1;
  std::uint64_t expires_s = std::chrono::seconds(limits::kInviteTtl).count();
  std::uint64_t invite = 0;
};

int create(const AccountStore& store, const InviteOptions& invite) {
  const std::string code = accounts::invite_code();
  const WallTime now = wall_now();
  const auto made =
      store.change<ports::InviteMade>(ports::CreateInvite{.code = accounts::digest_of(code),
                                                          .uses = invite.uses,
                                                          .now = now,
                                                          .expires = now + std::chrono::seconds(invite.expires_s)},
                                      "invite");
  if (!made) return failed(made.error());
  const app::Config& config = store.config();
  const std::string name = config.accounts.public_name.empty()
                               ? fmt::format("{}:{}", config.runtime.address, config.runtime.port)
                               : config.accounts.public_name;
  fmt::print("{}\t{}\tstarling://{}/invite/{}\n", made->invite.value, code, name, code);
  return kExitOk;
}

int list(const AccountStore& store) {
  const auto listed = store.read<ports::InvitesListed>(ports::ListInvites{});
  if (!listed) return failed(listed.error());
  for (const ports::ServerInvite& invite : listed->invites) {
    fmt::print("{}\t{} uses left\tuntil {:%Y-%m-%d %H:%M}\n", invite.invite.value, invite.uses_left,
               fmt::gmtime(to_ms(invite.expires) / 1000));
  }
  return kExitOk;
}

int revoke(const AccountStore& store, const InviteOptions& invite) {
  const auto done =
      store.change<ports::ChangeDone>(ports::RevokeInvite{ports::InviteId(invite.invite)}, "invite_revoked");
  if (!done) return failed(done.error());
  if (!done->done) return failed("there is no such invitation; see: starlingctl invite list");
  fmt::print("invitation {} is void\n", invite.invite);
  return kExitOk;
}

template <class Run>
void run_by(CLI::App* command, const std::shared_ptr<InviteOptions>& invite, Options& options, Run run) {
  command->callback([invite, &options, run] {
    const auto store = AccountStore::open(options);
    options.exit_code = store ? run(*store, *invite) : failed(store.error());
  });
}

}  // namespace

void add_invite_command(CLI::App& root, Options& options) {
  CLI::App* invites = root.add_subcommand("invite", "Invitations to the server")->require_subcommand(1);
  const auto invite = std::make_shared<InviteOptions>();
  CLI::App* made =
      invites->add_subcommand("create", "Print a new one: its number, code and link, which are shown once");
  made->add_option("--uses", invite->uses, "Registrations that it is good for (default: 1)")
      ->check(whole_number(1, limits::kInviteUsesMax));
  made->add_option("--ttl", invite->expires_s, "Seconds until it is void (default: a week)")
      ->check(whole_number(1, std::chrono::seconds(limits::kInviteTtlMax).count()));
  run_by(made, invite, options, create);
  run_by(invites->add_subcommand("list", "One a line"), invite, options,
         [](const AccountStore& store, const InviteOptions&) { return list(store); });
  CLI::App* ended = invites->add_subcommand("revoke", "Make one void");
  ended->add_option("INVITE", invite->invite, "Its number")->required()->check(id());
  run_by(ended, invite, options, revoke);
}

}  // namespace starling::ctl
