// The access token, kept fresh.
#pragma once

#include <QObject>
#include <QPointer>
#include <QTimer>
#include <functional>
#include <vector>

#include "client-qt/account/grant.h"
#include "client-qt/account/http_client.h"
#include "common/base/result.h"

namespace starling::qt {

/// Owner: the thread it was made on. `http` outlives it.
class Credentials final : public QObject {
  Q_OBJECT

 public:
  using TokenDone = std::function<void(const Result<QByteArray, HttpReply>&)>;

  explicit Credentials(HttpClient* http, QObject* parent = nullptr);

  /// A token from elsewhere, which is never refreshed.
  void set_fixed_token(QByteArray token);
  void set_grant(const Grant& grant);
  /// Of an earlier run.
  void set_refresh_token(QByteArray token);
  void forget();
  bool has_any() const { return !fixed_.isEmpty() || !grant_.refresh_token.isEmpty(); }

  /// A token that is good for a while yet; refreshed first when need be. Error 401: only a sign-in helps.
  void with_token(QObject* context, TokenDone done);
  /// The server says that it has expired, whatever the clocks say.
  void expired();

 signals:
  /// To be stored: the refresh token before it is not valid any more.
  void granted(const starling::qt::Grant& grant);

 private:
  struct Waiting {
    QPointer<QObject> context;
    TokenDone done;
  };

  bool fresh() const;
  void refresh();
  void answer(const Result<QByteArray, HttpReply>& result);

  HttpClient* http_;
  QByteArray fixed_;
  Grant grant_;
  std::vector<Waiting> waiting_;
  bool refreshing_ = false;
  QTimer renew_;
};

}  // namespace starling::qt
