#include "client-qt/models/people_model.h"

#include <QJsonArray>
#include <QUrl>
#include <algorithm>

#include "client-qt/account/api.h"
#include "client-qt/models/directory.h"

namespace starling::qt {
namespace {

/// After the last key, so that a word is one question.
constexpr int kTypingMs = 150;
/// After a question that got no answer, or none yet.
constexpr int kAgainMs = 2000;
constexpr int kTriesMax = 5;

}  // namespace

QList<QByteArray> person_role_names() {
  return {"userId", "name", "handle", "color", "initials", "role", "presence", "statusText", "muted", "lastSeenText"};
}

PeopleModel::PeopleModel(const Context& context, QObject* parent)
    : RowsModel(person_role_names(), "userId", parent), context_(context) {
  soon_.setSingleShot(true);
  connect(&soon_, &QTimer::timeout, this, &PeopleModel::ask);
}

void PeopleModel::setQuery(const QString& query) {
  if (query == query_) return;
  query_ = query;
  emit queryChanged();
  ++generation_;
  tries_ = 0;
  if (query_.trimmed().isEmpty()) {
    soon_.stop();
    busy_ = false;
    error_.clear();
    clear();
    emit stateChanged();
    return;
  }
  soon_.start(kTypingMs);
}

void PeopleModel::ask() {
  busy_ = true;
  emit stateChanged();
  const QString path =
      QStringLiteral("/v1/users?limit=50&query=") + QString::fromLatin1(QUrl::toPercentEncoding(query_.trimmed()));
  context_.api->get(path, this, [this, generation = generation_](const HttpReply& reply) {
    if (generation != generation_) return;
    busy_ = false;
    error_ = reply.ok() ? QString() : reply.text;
    if (reply.transient() && ++tries_ < kTriesMax) soon_.start(std::max(kAgainMs, reply.retry_after_ms));
    std::vector<QVariantMap> rows;
    for (const QJsonValue& each : reply.body.value(QLatin1String("users")).toArray()) {
      rows.push_back(person_roles(*context_.people->person(context_.people->learn(each.toObject()))));
    }
    set_rows(std::move(rows));
    emit stateChanged();
  });
}

}  // namespace starling::qt
