// starling: the desktop client. Everything that it does is in the models and the pages.
#include <QApplication>
#include <QCommandLineParser>
#include <QDir>
#include <QFile>
#include <QImage>
#include <QQmlApplicationEngine>
#include <QQuickWindow>
#include <QStandardPaths>
#include <QTimer>
#include <QtPlugin>
#include <cstdio>
#include <cstring>
#include <memory>

#include "client-qt/app/demo_user.h"
#include "client-qt/desktop/desktop_notices.h"
#include "client-qt/desktop/single_instance.h"
#include "client-qt/desktop/tray.h"
#include "client-qt/models/app.h"
#include "client-qt/models/register_types.h"
#include "client-qt/ui/art/app_icon.h"

Q_IMPORT_PLUGIN(Starling_UiPlugin)

namespace {

const QString kMain = QStringLiteral("qrc:/qt/qml/Starling/Ui/Main.qml");

QString data_directory(const QCommandLineParser& options) {
  if (options.isSet(QStringLiteral("data"))) return options.value(QStringLiteral("data"));
  const QString told = qEnvironmentVariable("STARLING_CLIENT_DATA");
  return told.isEmpty() ? QStandardPaths::writableLocation(QStandardPaths::AppDataLocation) : told;
}

}  // namespace

int main(int argc, char** argv) {
  for (int i = 1; i < argc; ++i) {
    if (std::strcmp(argv[i], "--headless") == 0) qputenv("QT_QPA_PLATFORM", "offscreen");
  }
  QApplication program(argc, argv);  // the tray's menu is a widget
  QCoreApplication::setApplicationName(QStringLiteral("starling"));
  QCoreApplication::setOrganizationName(QStringLiteral("starling"));

  QCommandLineParser options;
  options.setApplicationDescription(QStringLiteral("Starling, the desktop client."));
  options.addHelpOption();
  options.addOptions({
      {QStringLiteral("server"), QStringLiteral("The server, e.g. https://chat.example.org."), QStringLiteral("URL")},
      {QStringLiteral("data"), QStringLiteral("Keep everything in this directory."), QStringLiteral("DIR")},
      {QStringLiteral("token"), QStringLiteral("Enter with an access token, read from this file."),
       QStringLiteral("FILE")},
      {QStringLiteral("demo-user"), QStringLiteral("Sign this user in, or up the first time."),
       QStringLiteral("HANDLE")},
      {QStringLiteral("demo-password"), QStringLiteral("The demonstration's password."), QStringLiteral("WORD"),
       QStringLiteral("starling-demo")},
      {QStringLiteral("room"), QStringLiteral("Open this room; \"first\": the first of the list."),
       QStringLiteral("ID")},
      {QStringLiteral("shot"), QStringLiteral("Save a picture of the window, and end."), QStringLiteral("FILE")},
      {QStringLiteral("shot-after"), QStringLiteral("So many seconds after the start."), QStringLiteral("SECONDS"),
       QStringLiteral("10")},
      {QStringLiteral("until-readable"), QStringLiteral("Say when the open room can be read, and end.")},
      {QStringLiteral("headless"), QStringLiteral("Keep the session running without a window.")},
  });
  options.process(program);

  const QString data = data_directory(options);
  starling::qt::SingleInstance instance(data);
  const bool windowed = !options.isSet(QStringLiteral("headless"));
  if (windowed && !instance.claim()) {
    std::puts("Starling runs already: its window is shown.");
    return 0;
  }
  starling::qt::register_types();
  starling::qt::App app(data);
  QObject::connect(&app, &starling::qt::App::warned, [](const QString& text) { qWarning("%s", qPrintable(text)); });

  const QString server = options.value(QStringLiteral("server"));
  std::unique_ptr<starling::qt::DemoUser> demo;
  if (options.isSet(QStringLiteral("token"))) {
    QFile file(options.value(QStringLiteral("token")));
    if (!file.open(QIODevice::ReadOnly)) qFatal("The token file cannot be read.");
    if (!app.enter(server, file.readAll().trimmed(), QStringLiteral("token"))) qFatal("--server is no address.");
  } else if (options.isSet(QStringLiteral("demo-user"))) {
    demo = std::make_unique<starling::qt::DemoUser>(&app, server, options.value(QStringLiteral("demo-user")),
                                                    options.value(QStringLiteral("demo-password")));
    demo->enter();
  } else if (!app.resume() && !server.isEmpty()) {
    app.connectServer(server);
  }
  if (options.isSet(QStringLiteral("room"))) {
    const auto open = [&app, room = options.value(QStringLiteral("room"))] {
      starling::qt::Session* session = app.session();
      if (session == nullptr) return;
      if (room != QLatin1String("first")) return session->openRoom(room);
      auto* rooms = session->rooms();
      const auto first = [session, rooms] {
        for (int row = 0; session->room() == nullptr && row < rooms->rowCount({}); ++row) {
          const QString id = rooms->index(row).data(starling::qt::RoomListModel::RoomIdRole).toString();
          if (!id.isEmpty()) session->openRoom(id);  // else it is a folder
        }
      };
      QObject::connect(rooms, &QAbstractItemModel::rowsInserted, session, first);
      QObject::connect(rooms, &QAbstractItemModel::modelReset, session, first);
      first();
    };
    QObject::connect(&app, &starling::qt::App::sessionChanged, &app, open);
    open();
  }
  if (!windowed) return QCoreApplication::exec();

  QApplication::setWindowIcon(starling::ui::app_icon());
  QQmlApplicationEngine engine;
  engine.addImportPath(QStringLiteral("qrc:/qt/qml"));
  engine.setInitialProperties({{QStringLiteral("app"), QVariant::fromValue(&app)}});
  QObject::connect(
      &engine, &QQmlApplicationEngine::objectCreated, &program,
      [](QObject* made) {
        if (made == nullptr) QCoreApplication::exit(1);
      },
      Qt::QueuedConnection);
  engine.load(QUrl(kMain));
  auto* window = engine.rootObjects().isEmpty() ? nullptr : qobject_cast<QQuickWindow*>(engine.rootObjects().first());
  const starling::qt::DesktopNotices notices(&app, window);
  QObject::connect(&instance, &starling::qt::SingleInstance::wanted, &engine,
                   [window] { starling::qt::bring_forward(window); });
  const starling::qt::Tray tray(&app, window, {starling::ui::app_icon(), starling::ui::app_icon(true)});
  if (options.isSet(QStringLiteral("shot"))) {
    const auto save = [window, file = options.value(QStringLiteral("shot"))] {
      const bool saved = window != nullptr && window->grabWindow().save(file);
      if (!saved) qWarning("The picture cannot be saved to %s.", qPrintable(file));
      QCoreApplication::exit(saved ? 0 : 1);
    };
    QTimer::singleShot(options.value(QStringLiteral("shot-after")).toInt() * 1000, &program, save);
  }
  if (options.isSet(QStringLiteral("until-readable")) && window != nullptr) {
    QObject::connect(window, &QQuickWindow::frameSwapped, &program, [&app] {
      starling::qt::Session* session = app.session();
      starling::qt::Room* room = session != nullptr ? session->room() : nullptr;
      if (room == nullptr || !room->timeline()->ready() || room->timeline()->count() == 0) return;
      std::puts("readable");
      std::fflush(stdout);
      QCoreApplication::quit();
    });
  }
  return QCoreApplication::exec();
}
