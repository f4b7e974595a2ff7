#include "client-qt/account/credentials.h"

#include <QDateTime>
#include <algorithm>
#include <utility>

namespace starling::qt {
namespace {

/// A token is renewed while it is good for this long yet: longer than any request takes.
constexpr qint64 kMarginMs = 60'000;
/// A renewal that failed is tried again by who needs the token next, or after this.
constexpr int kRenewMinMs = 5'000;

HttpReply signed_out() {
  return {.status = 401, .code = QStringLiteral("unauthorized"), .text = QObject::tr("You are signed out.")};
}

}  // namespace

Credentials::Credentials(HttpClient* http, QObject* parent) : QObject(parent), http_(http) {
  renew_.setSingleShot(true);
  connect(&renew_, &QTimer::timeout, this, [this] {
    if (!fresh() && !refreshing_ && !grant_.refresh_token.isEmpty()) refresh();
  });
}

void Credentials::set_fixed_token(QByteArray token) { fixed_ = std::move(token); }

void Credentials::set_grant(const Grant& grant) {
  grant_ = grant;
  const qint64 left = grant.access_expires_ms - QDateTime::currentMSecsSinceEpoch() - kMarginMs;
  if (grant.access_expires_ms != 0) renew_.start(static_cast<int>(std::clamp<qint64>(left, kRenewMinMs, 86'400'000)));
  emit granted(grant);
}

void Credentials::set_refresh_token(QByteArray token) {
  grant_ = {};
  grant_.refresh_token = std::move(token);
}

void Credentials::forget() {
  grant_ = {};
  fixed_.clear();
  renew_.stop();
}

bool Credentials::fresh() const {
  if (grant_.access_token.isEmpty()) return false;
  return grant_.access_expires_ms == 0 || QDateTime::currentMSecsSinceEpoch() + kMarginMs < grant_.access_expires_ms;
}

void Credentials::expired() { grant_.access_token.clear(); }

void Credentials::with_token(QObject* context, TokenDone done) {
  if (!fixed_.isEmpty()) return done(fixed_);
  if (fresh()) return done(grant_.access_token);
  if (grant_.refresh_token.isEmpty()) return done(fail(signed_out()));
  waiting_.push_back({context, std::move(done)});
  if (!refreshing_) refresh();
}

void Credentials::refresh() {
  refreshing_ = true;
  const QJsonObject body{{QStringLiteral("refresh_token"), QString::fromUtf8(grant_.refresh_token)}};
  http_->request("POST", QStringLiteral("/v1/refresh"), body, {}, this, [this](const HttpReply& reply) {
    refreshing_ = false;
    const std::optional<Grant> grant = reply.ok() ? read_grant(reply.body) : std::nullopt;
    if (grant) {
      set_grant(*grant);
      answer(grant->access_token);
      return;
    }
    // A token that was refused will be refused again: it may have been revoked with its whole family.
    if (reply.status == 401) forget();
    if (reply.transient() && !renew_.isActive()) renew_.start(kRenewMinMs);
    answer(fail(reply));
  });
}

void Credentials::answer(const Result<QByteArray, HttpReply>& result) {
  for (Waiting& each : std::exchange(waiting_, {})) {
    if (each.context) each.done(result);
  }
}

}  // namespace starling::qt
