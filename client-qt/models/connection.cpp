#include "client-qt/models/connection.h"

#include <QDateTime>
#include <algorithm>

namespace starling::qt {

Connection::Connection(SessionHost* host, QObject* parent) : QObject(parent), host_(host) {
  second_.setInterval(1000);
  connect(&second_, &QTimer::timeout, this, &Connection::countdown);
  connect(host_, &SessionHost::connectionChanged, this, [this] {
    if (host_->connection().phase == ConnectionState::Phase::Waiting) {
      second_.start();
    } else {
      second_.stop();
    }
    emit changed();
    emit countdown();
  });
  connect(host_, &SessionHost::queued, this, &Connection::waitingChanged);
  connect(host_, &SessionHost::noticed, this, [this](const client::Notice& notice) {
    if (std::holds_alternative<client::Settled>(notice)) emit waitingChanged();
  });
  connect(&host_->cache(), &Cache::failed, this, [this](const QString& text) {
    storage_ = text;
    emit changed();
  });
  connect(&host_->cache(), &Cache::recovered, this, [this] {
    storage_.clear();
    emit changed();
  });
}

int Connection::retryInS() const {
  if (retryAtMs() == 0) return 0;
  const qint64 left = retryAtMs() - QDateTime::currentMSecsSinceEpoch();
  return static_cast<int>(std::max<qint64>(0, (left + 999) / 1000));
}

}  // namespace starling::qt
