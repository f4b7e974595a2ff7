#include "client-qt/models/search_model.h"

#include <QDateTime>
#include <QJsonArray>
#include <QLocale>
#include <QUrlQuery>

#include "client-qt/account/api.h"
#include "client-qt/models/directory.h"
#include "client-qt/models/room_book.h"
#include "client-qt/models/room_list_model.h"
#include "client-qt/text/markup.h"

namespace starling::qt {
namespace {

constexpr int kTypingMs = 200;

std::vector<std::pair<int, int>> spans_of(const QJsonValue& value) {
  std::vector<std::pair<int, int>> out;
  for (const QJsonValue& span : value.toArray())
    out.emplace_back(span.toArray().at(0).toInt(), span.toArray().at(1).toInt());
  return out;
}

}  // namespace

SearchModel::SearchModel(const Context& context, QObject* parent)
    : RowsModel({"roomId", "roomTitle", "seq", "senderId", "senderName", "senderColor", "timeMs", "timeText", "html"},
                "seq", parent),
      context_(context) {
  soon_.setSingleShot(true);
  soon_.setInterval(kTypingMs);
  connect(&soon_, &QTimer::timeout, this, [this] { ask({}); });
}

void SearchModel::again() {
  ++generation_;
  next_.clear();
  busy_ = false;
  if (query_.trimmed().isEmpty()) {
    soon_.stop();
    error_.clear();
    clear();
    emit stateChanged();
    return;
  }
  soon_.start();
}

bool SearchModel::canFetchMore(const QModelIndex& parent) const {
  return !parent.isValid() && !next_.isEmpty() && !busy_;
}
void SearchModel::fetchMore(const QModelIndex& parent) {
  if (canFetchMore(parent)) ask(next_);
}

void SearchModel::ask(const QString& before) {
  busy_ = true;
  emit stateChanged();
  QUrlQuery query;
  const auto add = [&](const char* name, const QString& value) {
    // A query's own separators and plus signs are data here.
    query.addQueryItem(QLatin1String(name), QString::fromLatin1(QUrl::toPercentEncoding(value)));
  };
  add("q", query_.trimmed());
  if (!room_.isEmpty()) add("room", room_);
  if (!sender_.isEmpty()) add("sender", sender_);
  if (from_ms_ > 0) add("from_ms", QString::number(from_ms_));
  if (to_ms_ > 0) add("to_ms", QString::number(to_ms_));
  if (!before.isEmpty()) add("before", before);
  add("limit", QStringLiteral("50"));
  const QString path = QStringLiteral("/v1/search?") + query.toString(QUrl::FullyEncoded);
  context_.api->get(path, this, [this, first = before.isEmpty(), generation = generation_](const HttpReply& reply) {
    if (generation != generation_) return;
    busy_ = false;
    error_ = reply.ok() ? QString() : reply.text;
    const QJsonValue next = reply.body.value(QLatin1String("next"));
    next_ = next.isDouble() ? QString::number(next.toInteger()) : next.toString();
    if (next_ == QLatin1String("0")) next_.clear();  // the end
    std::vector<QVariantMap> rows;
    for (const QJsonValue& each : reply.body.value(QLatin1String("hits")).toArray()) {
      const QJsonObject hit = each.toObject();
      const RoomId room(id_of(hit.value(QLatin1String("room"))));
      Person* sender = context_.people->person(UserId(id_of(hit.value(QLatin1String("sender")))));
      const RoomSummary* known = context_.rooms->find(room);
      const qint64 ts = hit.value(QLatin1String("ts_ms")).toInteger();
      const QJsonValue seq = hit.value(QLatin1String("seq"));
      rows.push_back(
          {{QStringLiteral("roomId"), id_text(room.value)},
           {QStringLiteral("roomTitle"), known != nullptr ? room_title(*known, context_) : QString()},
           {QStringLiteral("seq"), seq.isString() ? seq.toString().toLongLong() : seq.toInteger()},
           {QStringLiteral("senderId"), sender->userId()},
           {QStringLiteral("senderName"), sender->name()},
           {QStringLiteral("senderColor"), sender->color()},
           {QStringLiteral("timeMs"), ts},
           {QStringLiteral("timeText"), QLocale().toString(QDateTime::fromMSecsSinceEpoch(ts), QLocale::ShortFormat)},
           {QStringLiteral("html"),
            mark_spans(hit.value(QLatin1String("text")).toString(), spans_of(hit.value(QLatin1String("spans"))))}});
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
