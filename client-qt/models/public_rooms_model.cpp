#include "client-qt/models/public_rooms_model.h"

#include <QJsonArray>
#include <QUrl>

#include "client-qt/account/api.h"
#include "client-qt/models/room_book.h"

namespace starling::qt {
namespace {

constexpr int kTypingMs = 150;

}  // namespace

PublicRoomsModel::PublicRoomsModel(const Context& context, QObject* parent)
    : RowsModel({"roomId", "title", "topic", "members", "joined"}, "roomId", parent), context_(context) {
  soon_.setSingleShot(true);
  soon_.setInterval(kTypingMs);
  connect(&soon_, &QTimer::timeout, this, [this] { ask({}); });
}

void PublicRoomsModel::setQuery(const QString& query) {
  if (query == query_) return;
  query_ = query;
  emit queryChanged();
  ++generation_;
  busy_ = false;
  soon_.start();
}

void PublicRoomsModel::refresh() {
  ++generation_;
  ask({});
}

bool PublicRoomsModel::canFetchMore(const QModelIndex& parent) const {
  return !parent.isValid() && !next_.isEmpty() && !busy_;
}
void PublicRoomsModel::fetchMore(const QModelIndex& parent) {
  if (canFetchMore(parent)) ask(next_);
}

void PublicRoomsModel::ask(const QString& after) {
  busy_ = true;
  QString path = QStringLiteral("/v1/rooms/public?limit=50");
  if (!query_.trimmed().isEmpty()) {
    path += QStringLiteral("&query=") + QString::fromLatin1(QUrl::toPercentEncoding(query_.trimmed()));
  }
  if (!after.isEmpty()) path += QStringLiteral("&after=") + QString::fromLatin1(QUrl::toPercentEncoding(after));
  context_.api->get(path, this, [this, first = after.isEmpty(), generation = generation_](const HttpReply& reply) {
    if (generation != generation_) return;
    busy_ = false;
    error_ = reply.ok() ? QString() : reply.text;
    const QJsonValue next = reply.body.value(QLatin1String("next"));
    next_ = next.isDouble() ? QString::number(next.toInteger()) : next.toString();
    if (next_ == QLatin1String("0")) next_.clear();  // the end
    std::vector<QVariantMap> rows;
    for (const QJsonValue& each : reply.body.value(QLatin1String("rooms")).toArray()) {
      const QJsonObject room = each.toObject();
      const quint64 id = id_of(room.value(QLatin1String("room")));
      rows.push_back({{QStringLiteral("roomId"), id_text(id)},
                      {QStringLiteral("title"), room.value(QLatin1String("title")).toString()},
                      {QStringLiteral("topic"), room.value(QLatin1String("topic")).toString()},
                      {QStringLiteral("members"), room.value(QLatin1String("members")).toInt()},
                      {QStringLiteral("joined"), context_.rooms->find(RoomId(id)) != nullptr}});
    }
    if (first) {
      set_rows(std::move(rows));
    } else {
      append(std::move(rows));
    }
    emit stateChanged();
  });
}

}  // namespace starling::qt
