#include "client-qt/desktop/single_instance.h"

#include <QDir>
#include <QLocalSocket>

namespace starling::qt {
namespace {

/// On one machine, between programs that do nothing else: longer means that nobody listens.
constexpr int kAnswerMs = 500;

}  // namespace

SingleInstance::SingleInstance(const QString& data, QObject* parent)
    : QObject(parent), socket_(QDir(data).absoluteFilePath(QStringLiteral("running"))) {
  server_.setSocketOptions(QLocalServer::UserAccessOption);
  connect(&server_, &QLocalServer::newConnection, this, [this] {
    while (QLocalSocket* other = server_.nextPendingConnection()) other->deleteLater();  // that it came says all
    emit wanted();
  });
}

bool SingleInstance::claim() {
  QLocalSocket first;
  first.connectToServer(socket_);
  if (first.waitForConnected(kAnswerMs)) return false;
  QLocalServer::removeServer(socket_);  // of one that was killed
  QDir().mkpath(QFileInfo(socket_).absolutePath());
  server_.listen(socket_);
  return true;
}

}  // namespace starling::qt
