// The program as pages see it: servers, sign-in, the session that is shown.
#pragma once

#include <QObject>
#include <memory>

#include "client-qt/account/http_client.h"
#include "client-qt/models/app_settings.h"
#include "client-qt/models/rows_model.h"
#include "client-qt/models/session.h"

namespace starling::qt {

/// Owner: main, on the GUI's thread.
class App final : public QObject {
  Q_OBJECT
  Q_PROPERTY(starling::qt::Session* session READ session NOTIFY sessionChanged)
  Q_PROPERTY(starling::qt::RowsModel* servers READ servers CONSTANT)
  Q_PROPERTY(QString page READ page WRITE setPage NOTIFY pageChanged)
  Q_PROPERTY(QString serverName READ serverName NOTIFY sessionChanged)
  Q_PROPERTY(bool reducedMotion READ reducedMotion WRITE setReducedMotion NOTIFY reducedMotionChanged)
  Q_PROPERTY(QString appearance READ appearance WRITE setAppearance NOTIFY appearanceChanged)
  Q_PROPERTY(double scale READ scale WRITE setScale NOTIFY scaleChanged)
  /// The desktop has a tray; and whether the program goes on in it when the window is closed.
  Q_PROPERTY(bool tray READ tray NOTIFY trayChanged)
  Q_PROPERTY(bool keepRunning READ keepRunning WRITE setKeepRunning NOTIFY keepRunningChanged)
  Q_PROPERTY(bool busy READ busy NOTIFY busyChanged)

 public:
  /// `data`: the directory of all that is kept.
  explicit App(const QString& data, QObject* parent = nullptr);
  ~App() override;

  Session* session() { return session_.get(); }
  RowsModel* servers() { return &servers_; }
  QString page() const { return session_ && !adding_ ? QStringLiteral("chat") : QStringLiteral("welcome"); }
  /// "welcome" over a session: another account is added.
  void setPage(const QString& page);
  QString serverName() const { return session_ ? session_->serverName() : QString(); }
  bool reducedMotion() const { return settings_.reduced_motion; }
  void setReducedMotion(bool reduced);
  QString appearance() const { return settings_.appearance; }
  void setAppearance(const QString& appearance);
  double scale() const { return settings_.scale; }
  void setScale(double scale);
  bool tray() const { return tray_; }
  void set_tray(bool there);
  bool keepRunning() const { return settings_.keep_running; }
  void setKeepRunning(bool keep);
  bool busy() const { return busy_; }

  /// The account of the last time; false when there is none.
  bool resume();
  /// With an access token from elsewhere (tests, operators); the account's file is named by `handle`.
  bool enter(const QString& url, const QByteArray& token, const QString& handle);

  Q_INVOKABLE void connectServer(const QString& url);
  Q_INVOKABLE void trust(const QString& fingerprint);
  Q_INVOKABLE void signIn(const QString& url, const QString& handle, const QString& password, const QString& totp = {},
                          const QString& recoveryCode = {});
  Q_INVOKABLE void signUp(const QString& url, const QString& handle, const QString& displayName,
                          const QString& password, const QString& invite = {});
  Q_INVOKABLE void signOut();
  Q_INVOKABLE void switchServer(int index);

 signals:
  void sessionChanged();
  void pageChanged();
  void appearanceChanged();
  void scaleChanged();
  void reducedMotionChanged();
  void trayChanged();
  void keepRunningChanged();
  void busyChanged();
  void serverFound(const QString& name, const QString& registration, bool firstAccount);
  void serverFailed(const QString& text, const QString& detail);
  void serverUntrusted(const QString& fingerprint, const QString& subject, const QString& reason);
  void signedIn();
  void signInFailed(const QString& code, const QString& text, int retryAfterMs);
  void totpRequired();
  /// For people: something about the whole program.
  void warned(const QString& text);

 private:
  void grant(const QString& url, const QString& path, QJsonObject body);
  void granted(const ServerAddress& server, const HttpReply& reply);
  void show(const AccountEntry& entry, const ServerAddress& server, Entry how);
  void list_servers();
  void set_busy(bool busy);
  HttpClient* client_for(const ServerAddress& server);

  AppSettings settings_;
  Trust trust_;
  Untrusted untrusted_;  // the last one that was told
  QString asked_;        // the address that connectServer was asked for
  RowsModel servers_;
  std::unique_ptr<HttpClient> http_;
  std::unique_ptr<Session> session_;
  bool tray_ = false;
  bool busy_ = false;
  bool adding_ = false;  // an account, while another one is shown
};

}  // namespace starling::qt
