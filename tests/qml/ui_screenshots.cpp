// Loads every page over the fixtures, without a screen, in both themes and at several sizes and scales:
//   ui_screenshots [--out FOLDER] [--only SCENE] [--quick]
// Fails on any warning of QML and on what text_walk.h finds. With --out the pictures are kept.
#include <QCommandLineParser>
#include <QCursor>
#include <QDir>
#include <QFontDatabase>
#include <QGuiApplication>
#include <QQmlApplicationEngine>
#include <QQmlComponent>
#include <QQuickWindow>
#include <QRegularExpression>
#include <QTest>
#include <QtPlugin>
#include <cstdio>
#include <memory>

#include "tests/qml/text_walk.h"

Q_IMPORT_PLUGIN(Starling_UiPlugin)
Q_IMPORT_PLUGIN(Starling_FixturesPlugin)

namespace {

QStringList& warnings() {
  static QStringList list;
  return list;
}

void keep_warnings(QtMsgType type, const QMessageLogContext& context, const QString& text) {
  if (type == QtDebugMsg || type == QtInfoMsg) {
    std::fprintf(stderr, "%s\n", qPrintable(text));
    return;
  }
  // The offscreen platform says so once; it is about the platform, not about a page.
  if (text.contains("propagateSizeHints") || text.contains("XDG_RUNTIME_DIR")) return;
  warnings() << (context.file ? QString{"%1:%2: %3"}.arg(context.file).arg(context.line).arg(text) : text);
}

struct Look {
  const char* name;
  const char* appearance;
  QSize size;
  double scale;
};

constexpr int kSettleMs = 60;  // bindings, polish and the delayed positioning of lists; nothing animates in the fixture

/// One window over a fresh fixture for each scene and look: a scene never sees what another left behind.
class Photographer {
 public:
  Photographer(QQmlEngine& engine, QString out)
      : engine_{engine},
        out_{std::move(out)},
        main_{&engine, QUrl{"qrc:/qt/qml/Starling/Ui/Main.qml"}},
        fixture_{&engine, QUrl{"qrc:/qt/qml/Starling/Fixtures/FixtureApp.qml"}},
        scenes_component_{&engine, QUrl{"qrc:/qt/qml/Starling/Fixtures/Scenes.qml"}},
        scenes_{scenes_component_.create()} {
    for (const auto* component : {&main_, &fixture_, &scenes_component_})
      for (const auto& error : component->errors()) warnings() << error.toString();
  }

  QStringList names() const { return scenes_ ? scenes_->property("names").toStringList() : QStringList{}; }

  /// The picture, and into `faults` what is wrong with the page.
  QImage take(const QString& scene, const Look& look, QStringList& faults) {
    if (!main_.isReady() || !fixture_.isReady() || !scenes_) return {};
    std::unique_ptr<QObject> app{fixture_.create()};
    app->setProperty("appearance", look.appearance);
    app->setProperty("scale", look.scale);
    std::unique_ptr<QObject> object{main_.createWithInitialProperties(
        {{"app", QVariant::fromValue(app.get())}, {"width", look.size.width()}, {"height", look.size.height()}})};
    auto* window = qobject_cast<QQuickWindow*>(object.get());
    if (!window) return {};
    QTest::qWait(kSettleMs);
    QMetaObject::invokeMethod(scenes_.get(), "set", Q_ARG(QVariant, scene),
                              Q_ARG(QVariant, QVariant::fromValue(object.get())),
                              Q_ARG(QVariant, QVariant::fromValue(app.get())));
    QTest::qWait(kSettleMs);
    const auto image = window->grabWindow();
    faults = starling::ui_test::text_faults(*window) + starling::ui_test::name_faults(*window);
    if (!out_.isEmpty()) image.save(QString{"%1/%2-%3.png"}.arg(out_, scene, look.name));
    return image;
  }

 private:
  QQmlEngine& engine_;
  QString out_;
  QQmlComponent main_, fixture_, scenes_component_;
  std::unique_ptr<QObject> scenes_;
};

}  // namespace

int main(int argc, char** argv) {
  qputenv("QT_QPA_PLATFORM", "offscreen");
  qputenv("QT_QUICK_BACKEND", "software");
  qInstallMessageHandler(keep_warnings);
  QGuiApplication application{argc, argv};
  QCommandLineParser parser;
  parser.addOptions({{"out", "keep the pictures there", "folder"},
                     {"only", "this scene alone", "scene"},
                     {"look", "this look alone", "look"}});
  parser.process(application);
  const auto out = parser.value("out");
  if (!out.isEmpty()) QDir{}.mkpath(out);

  QCursor::setPos(-1000, -1000);  // nothing is hovered

  QQmlApplicationEngine engine;
  engine.addImportPath("qrc:/qt/qml");
  Photographer photographer{engine, out};
  const Look looks[] = {{"light-1280", "light", {1280, 800}, 1.0}, {"dark-1280", "dark", {1280, 800}, 1.0},
                        {"light-400", "light", {400, 800}, 1.0},   {"dark-400", "dark", {400, 800}, 1.0},
                        {"light-760", "light", {760, 640}, 1.0},   {"light-400-x1.5", "light", {400, 800}, 1.5}};
  int failed = 0;
  int taken = 0;
  for (const auto& scene : photographer.names()) {
    if (parser.isSet("only") && !QRegularExpression{parser.value("only")}.match(scene).hasMatch()) continue;
    QImage light;
    for (const auto& look : looks) {
      if (parser.isSet("look") && !QRegularExpression{parser.value("look")}.match(look.name).hasMatch()) continue;
      QStringList faults;
      const auto image = photographer.take(scene, look, faults);
      ++taken;
      if (image.isNull()) faults << "no picture";
      if (QString{look.name} == "light-1280") light = image;
      if (QString{look.name} == "dark-1280" && image == light) faults << "the themes look the same";
      for (const auto& fault : faults + warnings()) {
        std::printf("%s %s: %s\n", qPrintable(scene), look.name, qPrintable(fault));
        ++failed;
      }
      warnings().clear();
    }
  }
  for (const auto& fault : warnings()) {
    std::printf("%s\n", qPrintable(fault));
    ++failed;
  }
  std::printf("%d pictures, %d faults\n", taken, failed);
  return failed || taken == 0 ? 1 : 0;
}
