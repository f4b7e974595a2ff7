// Signs a demonstration's user in, and up the first time.
#pragma once

#include <QObject>
#include <QString>

namespace starling::qt {

class App;

/// Owner: main.
class DemoUser final : public QObject {
  Q_OBJECT

 public:
  DemoUser(App* app, QString server, QString handle, QString password, QObject* parent = nullptr);
  void enter();

 private:
  App* app_;
  QString server_;
  QString handle_;
  QString password_;
  bool tried_sign_up_ = false;
};

}  // namespace starling::qt
