#include "client-qt/app/demo_user.h"

#include <utility>

#include "client-qt/models/app.h"

namespace starling::qt {

DemoUser::DemoUser(App* app, QString server, QString handle, QString password, QObject* parent)
    : QObject(parent),
      app_(app),
      server_(std::move(server)),
      handle_(std::move(handle)),
      password_(std::move(password)) {
  connect(app_, &App::signInFailed, this, [this](const QString& code, const QString& text, int) {
    if (code == QLatin1String("bad_credentials") && !std::exchange(tried_sign_up_, true)) {
      app_->signUp(server_, handle_, handle_.left(1).toUpper() + handle_.mid(1), password_);
      return;
    }
    qWarning("%s cannot sign in: %s", qPrintable(handle_), qPrintable(text));
  });
}

void DemoUser::enter() { app_->signIn(server_, handle_, password_); }

}  // namespace starling::qt
