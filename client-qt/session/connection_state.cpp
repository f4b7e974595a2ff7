#include "client-qt/session/connection_state.h"

#include <QObject>

#include "common/wire/close_code.h"

namespace starling::qt {

QString phase_text(ConnectionState::Phase phase) {
  switch (phase) {
    case ConnectionState::Phase::Offline:
      return QStringLiteral("offline");
    case ConnectionState::Phase::Connecting:
      return QStringLiteral("connecting");
    case ConnectionState::Phase::Waiting:
      return QStringLiteral("waiting");
    case ConnectionState::Phase::Online:
      return QStringLiteral("online");
  }
  return {};
}

QString close_reason(std::uint16_t code, const QString& why) {
  namespace codes = wire::close_code;
  switch (code) {
    case codes::kUnauthorized:
      return QObject::tr("The server does not accept this sign-in any more.");
    case codes::kTokenExpired:
      return QObject::tr("The sign-in has expired and is being renewed.");
    case codes::kFenced:
      return QObject::tr("This device connected a second time elsewhere.");
    case codes::kSlowReader:
      return QObject::tr("This connection is too slow for what arrives; it begins anew.");
    case codes::kDraining:
      return QObject::tr("The server is restarting.");
    case codes::kOverloaded:
      return QObject::tr("The server is busy.");
    case codes::kVersion:
      return QObject::tr("The server speaks another version; this program needs an update.");
    case codes::kProtocolError:
      return QObject::tr("Server and program do not understand each other.");
    default:
      return why.isEmpty() ? QObject::tr("The connection was lost.") : why;
  }
}

QString fatal_reason(client::FatalReason reason) {
  switch (reason) {
    case client::FatalReason::Unauthorized:
      return QObject::tr("You were signed out. Sign in again; messages that wait are kept.");
    case client::FatalReason::TokenExpired:
      return QObject::tr("The sign-in has expired. Sign in again; messages that wait are kept.");
    case client::FatalReason::Fenced:
      return QObject::tr("This device is connected elsewhere, perhaps from a copy of its files.");
    case client::FatalReason::Version:
      return QObject::tr("The server speaks another version; update this program.");
    case client::FatalReason::DeviceConflict:
      return QObject::tr(
          "This device exists twice, perhaps from a copy of its files. Sign in again to become a new one.");
    case client::FatalReason::DeviceChanged:
      return QObject::tr("The sign-in is for another device.");
  }
  return {};
}

}  // namespace starling::qt
