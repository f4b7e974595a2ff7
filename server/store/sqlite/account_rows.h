// Accounts, the words they are found by, and their recovery codes, inside the writer's transaction.
#pragma once

#include "server/ports/accounts.h"
#include "server/store/sqlite/sqlite.h"

namespace starling::store {

#define STARLING_ACCOUNT_COLUMNS                                                                        \
  "user_id, handle, display_name, avatar_color, status_text, password_hash, admin, disabled, created, " \
  "totp_sealed, totp_on, totp_step"
/// Of a row of these columns.
ports::Account account_of(const Rows& rows);

/// Owner: the thread of the connection.
class AccountRows {
 public:
  explicit AccountRows(Connection& connection);

  bool any();
  bool taken(const ports::Profile& profile);
  void insert(const ports::Account& account);
  /// For an account that came by other ways than insert(): people find it by its names from now on.
  void index(UserId user);
  /// Of an account that is there; else nothing.
  std::optional<ports::Account> find(UserId user);
  bool put(const ports::PutProfile& request);
  bool put(const ports::PutPassword& request);
  bool put(const ports::PutTotp& request);
  bool put(const ports::PutFlags& request);
  void put(const ports::PutBlock& request);
  bool use(const ports::UseTotpStep& request);
  bool use(const ports::UseRecoveryCode& request);

 private:
  void put_words(const ports::Profile& profile);

  Connection* connection_;
  Statement any_;
  Statement taken_;
  Statement insert_;
  Statement find_;
  Statement profile_;
  Statement password_;
  Statement totp_;
  Statement step_;
  Statement disabled_;
  Statement admin_;
  Statement block_;
  Statement unblock_;
  Statement add_word_;
  Statement drop_words_;
  Statement add_code_;
  Statement drop_code_;
  Statement drop_codes_;
};

}  // namespace starling::store
