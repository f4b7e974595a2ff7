// One program on a data directory: a second start shows the window of the first, which may be in the tray only.
#pragma once

#include <QLocalServer>
#include <QObject>
#include <QString>

namespace starling::qt {

/// Owner: main.
class SingleInstance final : public QObject {
  Q_OBJECT

 public:
  /// `data`: the directory of all that is kept.
  explicit SingleInstance(const QString& data, QObject* parent = nullptr);

  /// False: another program has the directory, and was asked to show itself. Where no socket can be made, everybody is the
  /// first; the files are locked all the same.
  bool claim();

 signals:
  /// Somebody started the program once more.
  void wanted();

 private:
  QString socket_;
  QLocalServer server_;
};

}  // namespace starling::qt
