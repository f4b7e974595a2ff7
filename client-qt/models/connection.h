// The connection, as pages show it.
#pragma once

#include <QObject>
#include <QTimer>

#include "client-qt/session/session_host.h"

namespace starling::qt {

/// Owner: the session.
class Connection final : public QObject {
  Q_OBJECT
  Q_PROPERTY(QString state READ state NOTIFY changed)
  Q_PROPERTY(QString reason READ reason NOTIFY changed)
  Q_PROPERTY(qint64 retryAtMs READ retryAtMs NOTIFY changed)
  Q_PROPERTY(int retryInS READ retryInS NOTIFY countdown)
  Q_PROPERTY(int waiting READ waiting NOTIFY waitingChanged)

 public:
  explicit Connection(SessionHost* host, QObject* parent = nullptr);

  QString state() const { return phase_text(host_->connection().phase); }
  QString reason() const { return storage_.isEmpty() ? host_->connection().reason : storage_; }
  qint64 retryAtMs() const { return host_->connection().retry_at_ms; }
  int retryInS() const;
  /// Messages that have not reached the log.
  int waiting() const { return static_cast<int>(host_->waiting().size()); }
  Q_INVOKABLE void retryNow() { host_->retry_now(); }

 signals:
  void changed();
  void countdown();
  void waitingChanged();

 private:
  SessionHost* host_;
  QTimer second_;
  QString storage_;  // why the local copy cannot be written; empty: it can
};

}  // namespace starling::qt
