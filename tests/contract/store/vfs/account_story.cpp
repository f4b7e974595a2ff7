#include "tests/contract/store/vfs/account_story.h"

#include <algorithm>
#include <cstring>
#include <iterator>
#include <string_view>
#include <utility>
#include <variant>

namespace starling::contract {
namespace {

constexpr WallTime kNow = wall_from_ms(1'700'000'000'000);
constexpr std::uint32_t kUses = 3;

template <class Bytes>
Bytes bytes_of(std::uint64_t number) {
  Bytes bytes{};
  std::memcpy(bytes.data(), &number, sizeof number);
  return bytes;
}

std::uint64_t number_of(std::string_view bytes) {
  std::uint64_t number = 0;
  std::memcpy(&number, bytes.data(), std::min(bytes.size(), sizeof number));
  return number;
}

/// The chain of a person's device never changes its name.
ports::FamilyId family_of(UserId user) { return bytes_of<ports::FamilyId>(user.value); }

/// Did the change do what the story expects of it? Nothing of it can be refused: the story knows what there is.
bool is_done(const ports::AccountResult& result) {
  if (const auto* created = std::get_if<ports::AccountCreated>(&result)) {
    return created->creation == ports::Creation::Created;
  }
  if (const auto* rotated = std::get_if<ports::RefreshRotated>(&result)) {
    return rotated->rotation == ports::Rotation::Rotated;
  }
  if (const auto* revoked = std::get_if<ports::DevicesRevoked>(&result)) return revoked->devices.size() == 1;
  return std::holds_alternative<ports::InviteMade>(result);
}

}  // namespace

AccountBook AccountBook::read(store::Connection& connection) {
  AccountBook book;
  store::Statement devices(connection,
                           "SELECT coalesce(a.user_id, d.user_id), coalesce(d.device_id, 0), d.refresh_hash, d.revoked "
                           "<> 0, a.user_id IS NULL FROM accounts a FULL JOIN devices d USING (user_id)");
  for (store::Rows rows = devices.query(); rows.next();) {
    // A device without its account stands under nobody's number.
    const auto user = rows.i64(4) != 0 ? UserId() : rows.as<UserId>(0);
    book.people[user] = {
        .device = rows.as<DeviceId>(1), .token = number_of(rows.bytes(2)), .revoked = rows.i64(3) != 0};
  }
  store::Statement invites(connection, "SELECT code_hash, uses_left FROM server_invites");
  for (store::Rows rows = invites.query(); rows.next();) {
    book.invites[number_of(rows.bytes(0))] = static_cast<std::uint32_t>(rows.i64(1));
  }
  book.noted = static_cast<std::uint64_t>(connection.number("SELECT count(*) FROM audit"));
  return book;
}

std::optional<ports::ChangeAccounts> AccountStory::next(Rng& rng) {
  if (planned_) return std::nullopt;
  planned_ = book_;
  const auto open = std::ranges::find_if(book_.invites, [](const auto& each) { return each.second != 0; });
  if (open == book_.invites.end()) return invite();
  if (book_.people.empty() || rng.chance(1, 4)) return join(open->first);
  const auto [user, device] =
      *std::next(book_.people.begin(), static_cast<std::ptrdiff_t>(rng.below(book_.people.size())));
  if (device.revoked) return join(open->first);
  return rng.chance(1, 6) ? revoke(user) : rotate(user);
}

std::string AccountStory::answered(const ports::AccountResult& result) {
  if (!planned_) return "an answer about accounts that nobody waits for";
  if (!is_done(result)) return std::string(under_way_) + " was refused";
  book_ = std::move(*planned_);
  planned_.reset();
  ++acked_;
  return {};
}

std::string AccountStory::left(const AccountBook& found) {
  const auto planned = std::exchange(planned_, std::nullopt);
  const bool good = found == book_ || (planned && found == *planned);
  std::string wrong;
  if (!good) {
    wrong = std::string("the accounts are neither what was acknowledged nor that with the last ") + under_way_ +
            ": people " + std::to_string(found.people.size()) + " for " + std::to_string(book_.people.size()) +
            ", invitations " + std::to_string(found.invites.size()) + " for " + std::to_string(book_.invites.size()) +
            ", notes " + std::to_string(found.noted) + " for " + std::to_string(book_.noted);
  }
  book_ = found;
  return wrong;
}

ports::ChangeAccounts AccountStory::invite() {
  const std::uint64_t code = ++numbers_;
  planned_->invites[code] = kUses;
  return noted(
      ports::CreateInvite{
          .code = bytes_of<ports::Digest>(code), .uses = kUses, .now = kNow, .expires = kNow + std::chrono::hours(1)},
      "invite");
}

ports::ChangeAccounts AccountStory::join(std::uint64_t code) {
  const UserId user(++numbers_);
  const DeviceId device(++numbers_);
  const std::uint64_t token = ++numbers_;
  // The first of all needs no invitation.
  if (!book_.people.empty()) --planned_->invites[code];
  planned_->people[user] = {.device = device, .token = token};
  const std::string handle = "u" + std::to_string(user.value);
  return noted(
      ports::CreateAccount{
          .account = {.profile = {.user = user, .handle = handle, .display_name = handle}, .created = kNow},
          .device = ports::NewDevice{.device = {.device = device, .user = user, .created = kNow, .last_seen = kNow},
                                     .family = family_of(user),
                                     .refresh = bytes_of<ports::Digest>(token)},
          .admission = ports::Admission::Invited,
          .invite = bytes_of<ports::Digest>(code)},
      "register");
}

ports::ChangeAccounts AccountStory::rotate(UserId user) {
  const std::uint64_t token = ++numbers_;
  const std::uint64_t presented = std::exchange(planned_->people.at(user).token, token);
  under_way_ = "rotation";
  return {ports::AccountChange(ports::RotateRefresh{.family = family_of(user),
                                                    .presented = bytes_of<ports::Digest>(presented),
                                                    .next = bytes_of<ports::Digest>(token),
                                                    .next_sealed = "sealed",
                                                    .now = kNow}),
          {}};
}

ports::ChangeAccounts AccountStory::revoke(UserId user) {
  planned_->people.at(user).revoked = true;
  return noted(ports::RevokeDevices{.user = user, .device = book_.people.at(user).device, .now = kNow}, "revoke");
}

ports::ChangeAccounts AccountStory::noted(ports::AccountChange change, const char* kind) {
  under_way_ = kind;
  ++planned_->noted;
  return {std::move(change), ports::AuditEntry{.kind = kind, .at = kNow}};
}

}  // namespace starling::contract
