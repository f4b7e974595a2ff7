#include "client-qt/account/server_address.h"

#include <QHostAddress>
#include <QRegularExpression>

namespace starling::qt {
namespace {

bool is_this_machine(const QString& host) {
  return host == QLatin1String("localhost") || QHostAddress(host).isLoopback();
}

}  // namespace

std::optional<ServerAddress> parse_server(const QString& text) {
  QString written = text.trimmed();
  if (written.isEmpty() || written.contains(QRegularExpression(QStringLiteral("\\s")))) return std::nullopt;
  const bool said = written.contains(QLatin1String("://"));
  if (!said) written.prepend(QLatin1String("https://"));
  QUrl url(written, QUrl::StrictMode);
  if (!url.isValid() || url.host().isEmpty() || !url.userInfo().isEmpty()) return std::nullopt;
  if (url.scheme() == QLatin1String("ws")) url.setScheme(QStringLiteral("http"));
  if (url.scheme() == QLatin1String("wss")) url.setScheme(QStringLiteral("https"));
  if (!said && is_this_machine(url.host())) url.setScheme(QStringLiteral("http"));
  if (url.scheme() != QLatin1String("http") && url.scheme() != QLatin1String("https")) return std::nullopt;
  ServerAddress out;
  out.http.setScheme(url.scheme());
  out.http.setHost(url.host());
  out.http.setPort(url.port());
  out.ws = out.http;
  out.ws.setScheme(url.scheme() == QLatin1String("https") ? QStringLiteral("wss") : QStringLiteral("ws"));
  out.ws.setPath(QStringLiteral("/v1/ws"));
  return out;
}

std::optional<InviteLink> parse_invite(const QString& text) {
  static const QRegularExpression code(QStringLiteral("^[A-Za-z0-9_-]{4,128}$"));
  const QString written = text.trimmed();
  if (code.match(written).hasMatch()) return InviteLink{{}, written};
  const QUrl url(written, QUrl::StrictMode);
  static const QString kPath = QStringLiteral("/invite/");
  if (url.scheme() != QLatin1String("starling") || url.host().isEmpty() || !url.path().startsWith(kPath)) {
    return std::nullopt;
  }
  const QString found = url.path().mid(kPath.size());
  if (!code.match(found).hasMatch()) return std::nullopt;
  return InviteLink{url.authority(), found};
}

}  // namespace starling::qt
