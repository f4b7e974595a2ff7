// The client without pages, driven from the command line:
//   client_driver --server URL --token FILE --data DIR chat
//   client_driver … send ROOM PREFIX COUNT SHOWN   sends PREFIX-1, PREFIX-2, …; each text that the model shows as pending
//                                                  or sent is a line of the file SHOWN from then on
//   client_driver … room                           makes a room, prints its id
//   client_driver … dump ROOM                      prints the own messages of the whole log, in order
//   client_driver … drain                          waits until nothing waits to be sent
#include <fcntl.h>
#include <unistd.h>

#include <QCommandLineParser>
#include <QCoreApplication>
#include <QElapsedTimer>
#include <QFile>
#include <QTimer>
#include <cstdio>
#include <functional>
#include <set>

#include "client-qt/models/app.h"

namespace {

using namespace starling;
using qt::Room;
using qt::TimelineModel;

constexpr int kPatienceMs = 60'000;

[[noreturn]] void give_up(const char* what) {
  std::fprintf(stderr, "client_driver: %s\n", what);
  std::exit(1);
}

/// Runs the event loop until it is true.
void wait_until(const char* what, const std::function<bool()>& condition) {
  QElapsedTimer patience;
  patience.start();
  QTimer tick;
  tick.start(10);
  while (!condition()) {
    if (patience.elapsed() > kPatienceMs) give_up(what);
    QCoreApplication::processEvents(QEventLoop::WaitForMoreEvents);
  }
}

QVariant role(const TimelineModel& model, int row, TimelineModel::Role which) {
  return model.data(model.index(row), which);
}

int row_of(const TimelineModel& model, const QString& text) {
  for (int row = model.count() - 1; row >= 0; --row) {
    if (role(model, row, TimelineModel::TextRole).toString() == text) return row;
  }
  return -1;
}

bool sent(const TimelineModel& model, const QString& text) {
  const int row = row_of(model, text);
  return row >= 0 && role(model, row, TimelineModel::SeqRole).toLongLong() > 0;
}

class Driver {
 public:
  explicit Driver(qt::App& app) : app_(app) {}

  qt::Session& session() { return *app_.session(); }
  void wait_online() {
    wait_until("no connection", [this] { return session().connection()->state() == QLatin1String("online"); });
  }

  Room& make_room() {
    wait_online();
    session().createRoom(QStringLiteral("Test"), false, {});
    wait_until("no room was made", [this] { return session().room() != nullptr; });
    return *session().room();
  }

  Room& open_room(const QString& id) {
    wait_until("the file does not open", [this] { return session().ready(); });
    session().openRoom(id);
    wait_until("the room does not open", [this] { return session().room() != nullptr; });
    TimelineModel& timeline = *session().room()->timeline();
    wait_until("the room does not load", [&] { return timeline.ready(); });
    return *session().room();
  }

  void drain() {
    wait_online();
    wait_until("messages still wait", [this] { return session().connection()->waiting() == 0; });
  }

  void chat() {
    Room& room = make_room();
    TimelineModel& timeline = *room.timeline();
    room.send(QStringLiteral("one"));
    room.send(QStringLiteral("**two**"));
    wait_until("not sent", [&] { return sent(timeline, QStringLiteral("**two**")); });
    const qlonglong one = role(timeline, row_of(timeline, QStringLiteral("one")), TimelineModel::SeqRole).toLongLong();
    room.edit(one, QStringLiteral("one, edited"));
    room.react(one, QStringLiteral("+1"));
    room.send(QStringLiteral("three"), one);
    const auto row = [&](const char* text) { return row_of(timeline, QString::fromUtf8(text)); };
    wait_until("not edited", [&] { return row("one, edited") >= 0; });
    wait_until("no reaction",
               [&] { return !role(timeline, row("one, edited"), TimelineModel::ReactionsRole).toList().isEmpty(); });
    wait_until("no reply", [&] { return sent(timeline, QStringLiteral("three")); });
    if (!role(timeline, row("one, edited"), TimelineModel::EditedRole).toBool()) give_up("the edit does not show");
    if (role(timeline, row("**two**"), TimelineModel::HtmlRole).toString() != QLatin1String("<b>two</b>")) {
      give_up("the markup does not show");
    }
    if (role(timeline, row("three"), TimelineModel::ReplyTextRole).toString() != QLatin1String("one, edited")) {
      give_up("the reply does not quote");
    }
    room.react(one, QStringLiteral("+1"));
    wait_until("the reaction stays",
               [&] { return role(timeline, row("one, edited"), TimelineModel::ReactionsRole).toList().isEmpty(); });
    const qlonglong two = role(timeline, row("**two**"), TimelineModel::SeqRole).toLongLong();
    room.remove(two);
    wait_until("not deleted",
               [&] { return role(timeline, timeline.indexOf(two), TimelineModel::DeletedRole).toBool(); });
    room.markRead();
    drain();
    std::puts("ok");
  }

  void send(const QString& id, const QString& prefix, int count, const QString& shown) {
    const int file = ::open(qPrintable(shown), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    if (file < 0) give_up("no file for what was shown");
    Room& room = open_room(id);
    TimelineModel& timeline = *room.timeline();
    std::set<QString> told;
    const auto tell = [&] {
      for (int row = std::max(0, timeline.count() - 200); row < timeline.count(); ++row) {
        const QString state = role(timeline, row, TimelineModel::StateRole).toString();
        const QString text = role(timeline, row, TimelineModel::TextRole).toString();
        if (!text.startsWith(prefix + QLatin1Char('-')) || state == QLatin1String("failed") || told.contains(text))
          continue;
        told.insert(text);
        const QByteArray line = text.toUtf8() + '\n';
        if (::write(file, line.constData(), static_cast<std::size_t>(line.size())) != line.size()) give_up("write");
      }
    };
    QObject::connect(&timeline, &QAbstractItemModel::rowsInserted, tell);
    QObject::connect(&timeline, &QAbstractItemModel::modelReset, tell);
    int next = 0;
    QTimer pace;
    QObject::connect(&pace, &QTimer::timeout, [&] {
      if (next < count) room.send(prefix + QLatin1Char('-') + QString::number(++next));
    });
    pace.start(2);
    wait_until("not all were shown", [&] { return next == count && told.size() == static_cast<std::size_t>(count); });
    drain();
    ::close(file);
    std::puts("ok");
  }

  void dump(const QString& id) {
    wait_online();
    Room& room = open_room(id);
    TimelineModel& timeline = *room.timeline();
    const qt::RoomSummary& summary = *session().book().find(room.id());
    wait_until("the log does not arrive", [&] { return summary.head && timeline.fold().last() == summary.head; });
    while (timeline.hasOlder()) {
      timeline.loadOlder();
      wait_until("history does not load", [&] { return !timeline.loadingOlder(); });
    }
    for (int row = 0; row < timeline.count(); ++row) {
      if (role(timeline, row, TimelineModel::KindRole).toString() != QLatin1String("message")) continue;
      std::printf("%s\n", qPrintable(role(timeline, row, TimelineModel::TextRole).toString()));
    }
  }

 private:
  qt::App& app_;
};

}  // namespace

int main(int argc, char** argv) {
  QCoreApplication program(argc, argv);
  QCommandLineParser options;
  options.addOptions({{QStringLiteral("server"), QString(), QStringLiteral("URL")},
                      {QStringLiteral("token"), QString(), QStringLiteral("FILE")},
                      {QStringLiteral("data"), QString(), QStringLiteral("DIR")}});
  options.process(program);
  QFile token(options.value(QStringLiteral("token")));
  if (!token.open(QIODevice::ReadOnly)) give_up("no token");

  qt::App app(options.value(QStringLiteral("data")));
  QObject::connect(&app, &qt::App::warned, [](const QString& text) { std::fprintf(stderr, "%s\n", qPrintable(text)); });
  if (!app.enter(options.value(QStringLiteral("server")), token.readAll().trimmed(), QStringLiteral("test"))) {
    give_up("no address");
  }
  Driver driver(app);
  QObject::connect(app.session(), &qt::Session::failed,
                   [](const QString& text) { std::fprintf(stderr, "%s\n", qPrintable(text)); });
  const QStringList words = options.positionalArguments();
  const QString what = words.value(0);
  if (what == QLatin1String("chat")) {
    driver.chat();
  } else if (what == QLatin1String("room")) {
    std::printf("%s\n", qPrintable(driver.make_room().roomId()));
  } else if (what == QLatin1String("send")) {
    driver.send(words.value(1), words.value(2), words.value(3).toInt(), words.value(4));
  } else if (what == QLatin1String("dump")) {
    driver.dump(words.value(1));
  } else if (what == QLatin1String("drain")) {
    driver.drain();
  } else {
    give_up("what?");
  }
  return 0;
}
