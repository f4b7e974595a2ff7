#include "client-qt/account/api.h"

#include <utility>

namespace starling::qt {

Api::Api(const QUrl& base, Trust* trust, QObject* parent) : QObject(parent), http_(base, trust), credentials_(&http_) {}

void Api::call(const QByteArray& method, const QString& path, const QJsonObject& body, QObject* context,
               HttpClient::Done done) {
  attempt(method, path, body, context, std::move(done), true);
}

void Api::get(const QString& path, QObject* context, HttpClient::Done done) {
  call("GET", path, {}, context, std::move(done));
}

void Api::attempt(const QByteArray& method, const QString& path, const QJsonObject& body, QPointer<QObject> context,
                  HttpClient::Done done, bool again) {
  credentials_.with_token(context, [=, this](const Result<QByteArray, HttpReply>& token) {
    if (!token) return done(token.error());
    if (!context) return;
    http_.request(method, path, body, *token, context, [=, this](const HttpReply& reply) {
      if (reply.status == 401 && reply.code == QLatin1String("token_expired") && again) {
        credentials_.expired();
        attempt(method, path, body, context, done, false);
        return;
      }
      done(reply);
    });
  });
}

}  // namespace starling::qt
