// The connection in words.
#pragma once

#include <QString>
#include <QtGlobal>
#include <cstdint>

#include "common/client/output.h"

namespace starling::qt {

struct ConnectionState {
  enum class Phase : std::uint8_t { Offline, Connecting, Waiting, Online };
  Phase phase = Phase::Offline;
  QString reason;          // why it is not online; empty when it is
  qint64 retry_at_ms = 0;  // since 1970; 0: no attempt is planned
  bool operator==(const ConnectionState&) const = default;
};

/// "offline", "connecting", "waiting", "online".
QString phase_text(ConnectionState::Phase phase);

/// What a close code, or the lack of one, tells a person. `why`: what the transport said.
QString close_reason(std::uint16_t code, const QString& why);
QString fatal_reason(client::FatalReason reason);

}  // namespace starling::qt
