#include "server/store/sqlite/account_rows.h"

#include <string>

#include "server/store/account_words.h"
#include "server/store/sqlite/digests.h"

namespace starling::store {

ports::Account account_of(const Rows& rows) {
  return {.profile = {.user = rows.as<UserId>(0),
                      .handle = std::string(rows.bytes(1)),
                      .display_name = std::string(rows.bytes(2)),
                      .avatar_color = std::string(rows.bytes(3)),
                      .status_text = std::string(rows.bytes(4))},
          .password_hash = std::string(rows.bytes(5)),
          .admin = rows.i64(6) != 0,
          .disabled = rows.i64(7) != 0,
          .created = wall_from_ms(rows.i64(8)),
          .totp_sealed = std::string(rows.bytes(9)),
          .totp_on = rows.i64(10) != 0,
          .totp_step = rows.u64(11)};
}

AccountRows::AccountRows(Connection& connection)
    : connection_(&connection),
      any_(connection, "SELECT 1 FROM accounts LIMIT 1"),
      taken_(connection, "SELECT 1 FROM accounts WHERE handle = ? OR user_id = ?"),
      insert_(connection,
              "INSERT INTO accounts (user_id, handle, display_name, avatar_color, status_text, password_hash, admin, "
              "disabled, created) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)"),
      find_(connection, "SELECT " STARLING_ACCOUNT_COLUMNS " FROM accounts WHERE user_id = ?"),
      profile_(connection, "UPDATE accounts SET display_name = ?, avatar_color = ?, status_text = ? WHERE user_id = ?"),
      password_(connection,
                "UPDATE accounts SET password_hash = ?2 WHERE user_id = ?1 AND (?3 = '' OR password_hash = ?3)"),
      totp_(connection, "UPDATE accounts SET totp_sealed = ?, totp_on = ?, totp_step = ? WHERE user_id = ?"),
      step_(connection, "UPDATE accounts SET totp_step = ?2 WHERE user_id = ?1 AND totp_on AND totp_step < ?2"),
      disabled_(connection, "UPDATE accounts SET disabled = ? WHERE user_id = ?"),
      admin_(connection, "UPDATE accounts SET admin = ? WHERE user_id = ?"),
      block_(connection, "INSERT OR IGNORE INTO blocks (user_id, blocked) VALUES (?, ?)"),
      unblock_(connection, "DELETE FROM blocks WHERE user_id = ? AND blocked = ?"),
      add_word_(connection, "INSERT OR IGNORE INTO account_words (word, user_id) VALUES (?, ?)"),
      drop_words_(connection, "DELETE FROM account_words WHERE user_id = ?"),
      add_code_(connection, "INSERT OR IGNORE INTO recovery_codes (user_id, hash) VALUES (?, ?)"),
      drop_code_(connection, "DELETE FROM recovery_codes WHERE user_id = ? AND hash = ?"),
      drop_codes_(connection, "DELETE FROM recovery_codes WHERE user_id = ?") {}

bool AccountRows::any() { return any_.query().next(); }
bool AccountRows::taken(const ports::Profile& profile) { return taken_.query(profile.handle, profile.user).next(); }

void AccountRows::insert(const ports::Account& account) {
  const ports::Profile& p = account.profile;
  insert_.run(p.user, p.handle, p.display_name, p.avatar_color, p.status_text, account.password_hash, account.admin,
              account.disabled, account.created);
  put_words(p);
}

void AccountRows::index(UserId user) {
  if (const auto account = find(user)) put_words(account->profile);
}

std::optional<ports::Account> AccountRows::find(UserId user) {
  Rows rows = find_.query(user);
  if (!rows.next()) return std::nullopt;
  return account_of(rows);
}

void AccountRows::put_words(const ports::Profile& profile) {
  drop_words_.run(profile.user);
  for (const std::string& word : words_of(profile)) add_word_.run(word, profile.user);
}

bool AccountRows::put(const ports::PutProfile& request) {
  auto account = find(request.user);
  if (!account) return false;
  ports::Profile& p = account->profile;
  p.display_name = request.display_name.value_or(p.display_name);
  p.avatar_color = request.avatar_color.value_or(p.avatar_color);
  p.status_text = request.status_text.value_or(p.status_text);
  profile_.run(p.display_name, p.avatar_color, p.status_text, p.user);
  if (request.display_name) put_words(p);
  return true;
}

bool AccountRows::put(const ports::PutPassword& request) {
  password_.run(request.user, request.hash, request.expected);
  return changed(*connection_);
}

bool AccountRows::put(const ports::PutTotp& request) {
  totp_.run(Blob{request.sealed}, request.on, request.step, request.user);
  if (!changed(*connection_)) return false;
  drop_codes_.run(request.user);
  for (const ports::Digest& code : request.recovery) add_code_.run(request.user, blob_of(code));
  return true;
}

bool AccountRows::put(const ports::PutFlags& request) {
  if (!find(request.user)) return false;
  if (request.disabled) disabled_.run(*request.disabled, request.user);
  if (request.admin) admin_.run(*request.admin, request.user);
  return true;
}

void AccountRows::put(const ports::PutBlock& request) {
  (request.on ? block_ : unblock_).run(request.user, request.blocked);
}

bool AccountRows::use(const ports::UseTotpStep& request) {
  step_.run(request.user, request.step);
  return changed(*connection_);
}

bool AccountRows::use(const ports::UseRecoveryCode& request) {
  drop_code_.run(request.user, blob_of(request.code));
  return changed(*connection_);
}

}  // namespace starling::store
