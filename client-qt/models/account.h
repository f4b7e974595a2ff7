// The user's own account.
#pragma once

#include <QObject>
#include <QStringList>
#include <functional>

#include "client-qt/models/context.h"
#include "client-qt/models/rows_model.h"

namespace starling::qt {

struct HttpReply;

/// Owner: the session.
class Account final : public QObject {
  Q_OBJECT
  Q_PROPERTY(QString displayName READ displayName NOTIFY changed)
  Q_PROPERTY(QString avatarColor READ avatarColor NOTIFY changed)
  Q_PROPERTY(QString statusText READ statusText NOTIFY changed)
  Q_PROPERTY(QString handle READ handle NOTIFY changed)
  Q_PROPERTY(bool admin READ admin NOTIFY changed)
  Q_PROPERTY(bool totpEnabled READ totpEnabled NOTIFY changed)
  Q_PROPERTY(QString totpUri READ totpUri NOTIFY changed)
  Q_PROPERTY(QString totpSecret READ totpSecret NOTIFY changed)
  Q_PROPERTY(QStringList recoveryCodes READ recoveryCodes NOTIFY changed)
  Q_PROPERTY(QString errorText READ errorText NOTIFY changed)
  Q_PROPERTY(QString inviteLink READ inviteLink NOTIFY changed)
  Q_PROPERTY(bool busy READ busy NOTIFY changed)
  Q_PROPERTY(starling::qt::RowsModel* devices READ devices CONSTANT)
  Q_PROPERTY(starling::qt::RowsModel* blocks READ blocks CONSTANT)

 public:
  explicit Account(const Context& context, QObject* parent = nullptr);

  QString displayName() const { return display_name_; }
  QString avatarColor() const { return avatar_color_; }
  QString statusText() const { return status_text_; }
  QString handle() const { return handle_; }
  bool admin() const { return admin_; }
  bool totpEnabled() const { return totp_enabled_; }
  QString totpUri() const { return totp_uri_; }
  QString totpSecret() const { return totp_secret_; }
  QStringList recoveryCodes() const { return recovery_codes_; }
  QString errorText() const { return error_; }
  QString inviteLink() const { return invite_link_; }
  bool busy() const { return busy_ > 0; }
  RowsModel* devices() { return &devices_; }
  RowsModel* blocks() { return &blocks_; }

  Q_INVOKABLE void refresh();
  Q_INVOKABLE void save(const QString& displayName, const QString& avatarColor, const QString& statusText);
  Q_INVOKABLE void changePassword(const QString& old, const QString& fresh);
  Q_INVOKABLE void beginTotp(const QString& password);
  Q_INVOKABLE void confirmTotp(const QString& code);
  Q_INVOKABLE void disableTotp(const QString& password, const QString& code);
  Q_INVOKABLE void forgetError();
  /// The codes and the secret are shown once, and forgotten.
  Q_INVOKABLE void forgetSecrets();
  Q_INVOKABLE void revokeDevice(const QString& device);
  Q_INVOKABLE void revokeOthers();
  Q_INVOKABLE void block(const QString& userId);
  Q_INVOKABLE void unblock(const QString& userId);
  /// Administrators: a code with which somebody may register.
  Q_INVOKABLE void createInvite(int uses, int expiresS);

 signals:
  void changed();
  /// What was asked for last is done.
  void done(const QString& what);
  /// Or the server refused it; errorText() says it as well.
  void refused(const QString& text);

 private:
  /// `what` names what a person has asked for; empty: nobody did, and nobody is told how it went.
  void call(const QByteArray& method, const QString& path, const QJsonObject& body, const QString& what,
            std::function<void(const HttpReply&)> then);
  void read_me(const HttpReply& reply);
  void load_devices();
  void load_blocks();

  Context context_;
  QString display_name_;
  QString avatar_color_;
  QString status_text_;
  QString handle_;
  QString totp_uri_;
  QString totp_secret_;
  QString error_;
  QString invite_link_;
  QStringList recovery_codes_;
  RowsModel devices_;
  RowsModel blocks_;
  bool admin_ = false;
  bool totp_enabled_ = false;
  int busy_ = 0;
};

}  // namespace starling::qt
