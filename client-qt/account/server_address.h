// A server as people write it, and as programs need it.
#pragma once

#include <QString>
#include <QUrl>
#include <optional>

namespace starling::qt {

struct ServerAddress {
  QUrl http;  // https://host:port, without a path
  QUrl ws;    // wss://host:port/v1/ws

  QString name() const { return http.authority(); }
  bool operator==(const ServerAddress&) const = default;
};

/// Without a scheme it is https; plain http only when it is said, or for this machine itself. Nothing when it is no address.
std::optional<ServerAddress> parse_server(const QString& text);

/// A link `starling://HOST:PORT/invite/CODE`, or the code alone (then `server` is empty).
struct InviteLink {
  QString server;
  QString code;
};
std::optional<InviteLink> parse_invite(const QString& text);

}  // namespace starling::qt
