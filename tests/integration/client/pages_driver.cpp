// The client with its pages, driven as a person does: by what is seen and named, with the mouse and the keyboard.
//   pages_driver --data DIR [--server URL --token FILE]
// Each line of the standard input is a command; its answer is a line "ok" or "no: …".
//   click NAME          a button or a text of that name, in the middle; waits for it
//   point NAME          the mouse goes there
//   fill LABEL|TEXT     empties the field below that label (or with that placeholder), and types
//   focus NAME          gives the item of that objectName the keyboard
//   type TEXT           into what has the keyboard
//   key NAME            presses a key, as Qt names it: Return, Up, Escape
//   see TEXT, gone TEXT waits until some text that is shown contains it, or none does
//   close, open         closes the window; waits until it is there again
//   shot FILE           saves a picture
//   flood PREFIX FILE   writes PREFIX-1, PREFIX-2, … for ever; each that the timeline shows is a line of FILE from then on
#include <fcntl.h>
#include <quicktest.h>
#include <unistd.h>

#include <QApplication>
#include <QCommandLineParser>
#include <QFile>
#include <QKeySequence>
#include <QQmlApplicationEngine>
#include <QQuickItem>
#include <QQuickWindow>
#include <QSocketNotifier>
#include <QTest>
#include <QtPlugin>
#include <array>
#include <cstdio>
#include <functional>

#include "client-qt/desktop/desktop_notices.h"
#include "client-qt/desktop/tray.h"
#include "client-qt/models/app.h"
#include "client-qt/models/register_types.h"
#include "client-qt/ui/art/app_icon.h"

Q_IMPORT_PLUGIN(Starling_UiPlugin)

namespace {

constexpr int kPatienceMs = 30'000;

/// What the item says, without markup; empty when it says nothing.
QString words_of(const QQuickItem& item) {
  if (const QVariant plain = item.property("plain"); plain.isValid()) return plain.toString();
  if (item.inherits("QQuickText") || item.inherits("QQuickTextEdit") || item.inherits("QQuickAbstractButton"))
    return item.property("text").toString();
  return {};
}

/// The first that is shown and fits, the topmost first.
QQuickItem* first(QQuickItem* root, const std::function<bool(const QQuickItem&)>& fits) {
  if (!root->isVisible() || root->opacity() == 0) return nullptr;
  const auto children = root->childItems();
  for (auto child = children.rbegin(); child != children.rend(); ++child) {
    if (QQuickItem* found = first(*child, fits)) return found;
  }
  return fits(*root) ? root : nullptr;
}

class Driver {
 public:
  explicit Driver(QQuickWindow& window) : window_(window) {}

  /// Empty, or what went wrong.
  QString obey(const QString& line) {
    const QString verb = line.section(QLatin1Char(' '), 0, 0);
    const QString rest = line.section(QLatin1Char(' '), 1);
    if (verb == QLatin1String("click")) return click(rest);
    if (verb == QLatin1String("point")) return point(rest);
    if (verb == QLatin1String("fill"))
      return fill(rest.section(QLatin1Char('|'), 0, 0), rest.section(QLatin1Char('|'), 1));
    if (verb == QLatin1String("focus")) return focus(rest);
    if (verb == QLatin1String("type")) return type(rest);
    if (verb == QLatin1String("key")) return key(rest);
    if (verb == QLatin1String("see"))
      return waited([&] { return shows(rest); }) ? QString() : QStringLiteral("not seen");
    if (verb == QLatin1String("gone"))
      return waited([&] { return !shows(rest); }) ? QString() : QStringLiteral("still there");
    if (verb == QLatin1String("close")) return window_.close() ? QString() : QStringLiteral("it stays");
    if (verb == QLatin1String("open"))
      return waited([&] { return window_.isVisible(); }) ? QString() : QStringLiteral("not there");
    if (verb == QLatin1String("shot")) return window_.grabWindow().save(rest) ? QString() : QStringLiteral("not saved");
    if (verb == QLatin1String("flood")) flood(rest.section(QLatin1Char(' '), 0, 0), rest.section(QLatin1Char(' '), 1));
    return QStringLiteral("no such command");
  }

 private:
  template <class Condition>
  static bool waited(Condition condition) {
    return QTest::qWaitFor(condition, kPatienceMs);
  }
  QQuickItem* find(const std::function<bool(const QQuickItem&)>& fits) { return first(window_.contentItem(), fits); }
  bool shows(const QString& text) {
    return find([&](const QQuickItem& item) { return words_of(item).contains(text); }) != nullptr;
  }
  static QPoint middle(const QQuickItem& item) {
    return item.mapToScene(QPointF(item.width() / 2, item.height() / 2)).toPoint();
  }
  /// Buttons before mere words: a label may say the same.
  QQuickItem* named(const QString& name) {
    QQuickItem* found = find([&](const QQuickItem& item) {
      return item.inherits("QQuickAbstractButton") && item.isEnabled() && words_of(item) == name;
    });
    return found != nullptr ? found : find([&](const QQuickItem& item) { return words_of(item) == name; });
  }
  /// The item, once it is there and stands still: what is laid out at the next frame only has not moved yet.
  QQuickItem* await(const std::function<QQuickItem*()>& look) {
    QQuickItem* found = nullptr;
    QPoint at;
    const bool there = waited([&] {
      QQuickItem* now = look();
      const bool still =
          now != nullptr && now == found && middle(*now) == at && !QQuickTest::qIsPolishScheduled(&window_);
      found = now;
      if (now != nullptr) at = middle(*now);
      return still;
    });
    return there ? found : nullptr;
  }
  QString press(QQuickItem* item) {
    if (item == nullptr) return QStringLiteral("not found");
    QTest::mouseMove(&window_, middle(*item));
    QTest::mouseClick(&window_, Qt::LeftButton, Qt::NoModifier, middle(*item));
    return {};
  }
  QString click(const QString& name) {
    return press(await([&] { return named(name); }));
  }
  QString point(const QString& name) {
    QQuickItem* item = await([&] { return named(name); });
    if (item == nullptr) return QStringLiteral("not found");
    QTest::mouseMove(&window_, middle(*item) + QPoint(1, 0));
    QTest::mouseMove(&window_, middle(*item));
    return {};
  }
  QString fill(const QString& label, const QString& text) {
    QQuickItem* field = await([&]() -> QQuickItem* {
      QQuickItem* box = find([&](const QQuickItem& item) {
        return item.property("label").toString() == label || item.property("placeholder").toString() == label;
      });
      return box == nullptr ? nullptr : box->property("input").value<QQuickItem*>();
    });
    if (const QString wrong = press(field); !wrong.isEmpty()) return wrong;
    if (!waited([&] { return field->hasActiveFocus(); })) return QStringLiteral("the field takes no keyboard");
    QTest::keySequence(&window_, QKeySequence(QKeySequence::SelectAll));
    QTest::keyClick(&window_, Qt::Key_Delete);
    return type(text);
  }
  QString focus(const QString& name) {
    const auto item = [&] { return find([&](const QQuickItem& each) { return each.objectName() == name; }); };
    if (!waited([&] { return item() != nullptr; })) return QStringLiteral("not found");
    item()->forceActiveFocus();
    return {};
  }
  QString type(const QString& text) {
    for (const QChar c : text) QTest::sendKeyEvent(QTest::Click, &window_, Qt::Key_unknown, QString(c), Qt::NoModifier);
    return {};
  }
  QString key(const QString& name) {
    const QKeySequence keys(name);
    if (keys.isEmpty()) return QStringLiteral("no such key");
    QTest::keySequence(&window_, keys);
    return {};
  }
  [[noreturn]] void flood(const QString& prefix, const QString& path) {
    const int file = ::open(qPrintable(path), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    if (file < 0 || !focus(QStringLiteral("composerInput")).isEmpty()) std::exit(1);
    for (int number = 1;; ++number) {
      const QString text = prefix + QLatin1Char('-') + QString::number(number);
      type(text);
      QTest::keyClick(&window_, Qt::Key_Return);
      const auto row = [&](const QQuickItem& item) {
        return item.property("localId").isValid() && item.property("text").toString() == text &&
               item.property("state").toString() != QLatin1String("failed");
      };
      if (!waited([&] { return find(row) != nullptr; })) std::exit(1);
      const QByteArray line = text.toUtf8() + '\n';
      if (::write(file, line.constData(), static_cast<std::size_t>(line.size())) != line.size()) std::exit(1);
    }
  }

  QQuickWindow& window_;
};

}  // namespace

int main(int argc, char** argv) {
  QApplication program(argc, argv);
  QCoreApplication::setApplicationName(QStringLiteral("starling-test"));
  QCommandLineParser options;
  options.addOptions({{QStringLiteral("server"), QString(), QStringLiteral("URL")},
                      {QStringLiteral("token"), QString(), QStringLiteral("FILE")},
                      {QStringLiteral("data"), QString(), QStringLiteral("DIR")}});
  options.process(program);

  starling::qt::register_types();
  starling::qt::App app(options.value(QStringLiteral("data")));
  if (options.isSet(QStringLiteral("token"))) {
    QFile token(options.value(QStringLiteral("token")));
    if (!token.open(QIODevice::ReadOnly)) qFatal("no token");
    if (!app.enter(options.value(QStringLiteral("server")), token.readAll().trimmed(), QStringLiteral("test")))
      qFatal("no address");
  } else {
    app.resume();
  }
  QQmlApplicationEngine engine;
  engine.addImportPath(QStringLiteral("qrc:/qt/qml"));
  engine.setInitialProperties({{QStringLiteral("app"), QVariant::fromValue(&app)}});
  engine.load(QUrl(QStringLiteral("qrc:/qt/qml/Starling/Ui/Main.qml")));
  auto* window = engine.rootObjects().isEmpty() ? nullptr : qobject_cast<QQuickWindow*>(engine.rootObjects().first());
  if (window == nullptr) qFatal("no window");
  window->requestActivate();
  if (!QTest::qWaitForWindowActive(window)) qFatal("the window is not active");

  const starling::qt::DesktopNotices notices(&app, window);
  const starling::qt::Tray tray(&app, window, {starling::ui::app_icon(), starling::ui::app_icon(true)});
  Driver driver(*window);
  QByteArray input;
  QSocketNotifier lines(STDIN_FILENO, QSocketNotifier::Read);
  QObject::connect(&lines, &QSocketNotifier::activated, [&] {
    std::array<char, 4096> bytes{};
    const ssize_t count = ::read(STDIN_FILENO, bytes.data(), bytes.size());
    if (count <= 0) return QCoreApplication::quit();
    input.append(bytes.data(), static_cast<qsizetype>(count));
    lines.setEnabled(false);  // a command waits in an event loop of its own
    for (qsizetype end = input.indexOf('\n'); end >= 0; end = input.indexOf('\n')) {
      const QString line = QString::fromUtf8(input.left(end));
      input.remove(0, end + 1);
      const QString wrong = driver.obey(line);
      std::puts(wrong.isEmpty() ? "ok" : qPrintable(QStringLiteral("no: ") + wrong));
      std::fflush(stdout);
    }
    lines.setEnabled(true);
  });
  return QCoreApplication::exec();
}
