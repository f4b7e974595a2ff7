#include "client-qt/models/member_model.h"

#include <QJsonArray>
#include <QUrl>
#include <map>

#include "client-qt/account/api.h"
#include "client-qt/cache/cache.h"
#include "client-qt/models/commands.h"
#include "client-qt/models/directory.h"
#include "client-qt/models/people_model.h"

namespace starling::qt {

MemberModel::MemberModel(const Context& context, RoomId room, QObject* parent)
    : RowsModel(person_role_names(), "userId", parent), context_(context), room_(room) {
  connect(context_.people, &Directory::changed, this, [this](UserId user) {
    const int at = find(id_text(user.value));
    if (at >= 0) change(at, person_roles(*context_.people->person(user)));
  });
}

QVariantMap MemberModel::row_of(UserId user, wire::Role role, bool muted) const {
  QVariantMap row = person_roles(*context_.people->person(user));
  row.insert(QStringLiteral("role"), QString::fromStdString(role_text(role)));
  row.insert(QStringLiteral("muted"), muted);
  return row;
}

void MemberModel::setQuery(const QString& query) {
  if (query == query_) return;
  query_ = query;
  emit queryChanged();
  refresh();
}

void MemberModel::refresh() {
  ++generation_;
  busy_ = false;
  next_.clear();
  ask({});
}

bool MemberModel::canFetchMore(const QModelIndex& parent) const { return !parent.isValid() && hasMore() && !busy_; }
void MemberModel::fetchMore(const QModelIndex& parent) {
  if (canFetchMore(parent)) ask(next_);
}

void MemberModel::ask(const QString& after) {
  busy_ = true;
  QString path = QStringLiteral("/v1/rooms/%1/members?limit=100").arg(room_.value);
  if (!after.isEmpty()) path += QStringLiteral("&after=") + QString::fromLatin1(QUrl::toPercentEncoding(after));
  if (!query_.isEmpty()) path += QStringLiteral("&query=") + QString::fromLatin1(QUrl::toPercentEncoding(query_));
  context_.api->get(path, this, [this, first = after.isEmpty(), generation = generation_](const HttpReply& reply) {
    if (generation != generation_) return;
    busy_ = false;
    if (!reply.ok()) {
      if (first) from_log();
      return;
    }
    const QJsonValue next = reply.body.value(QLatin1String("next"));
    next_ = next.isDouble() ? QString::number(next.toInteger()) : next.toString();
    if (next_ == QLatin1String("0")) next_.clear();  // the end
    std::vector<QVariantMap> rows;
    for (const QJsonValue& each : reply.body.value(QLatin1String("members")).toArray()) {
      const QJsonObject member = each.toObject();
      const auto role = role_of(member.value(QLatin1String("role")).toString().toLower().toStdString());
      rows.push_back(row_of(context_.people->learn(member), role.value_or(wire::Role::Member),
                            member.value(QLatin1String("muted")).toBool()));
    }
    if (first) {
      set_rows(std::move(rows));
    } else {
      append(std::move(rows));
    }
    emit stateChanged();
  });
}

void MemberModel::from_log() {
  context_.cache->ask(
      this, [room = room_](Store& store) { return store.member_events(room); },
      [this, generation = generation_](const std::vector<wire::Event>& events) {
        if (generation != generation_) return;
        std::map<UserId, wire::Role> members;
        for (const wire::Event& event : events) {
          if (event.kind == wire::EventKind::MemberAdd) members[event.subject] = event.role;
          if (wire::ends_membership(event.kind)) members.erase(event.subject);
        }
        std::vector<QVariantMap> rows;
        for (const auto& [user, role] : members) {
          if (query_.isEmpty() || context_.people->name(user).contains(query_, Qt::CaseInsensitive)) {
            rows.push_back(row_of(user, role, false));
          }
        }
        set_rows(std::move(rows));
        emit stateChanged();
      });
}

void MemberModel::applied(const wire::Event& event) {
  if (wire::ends_membership(event.kind)) return remove(id_text(event.subject.value));
  if (event.kind != wire::EventKind::MemberAdd || !query_.isEmpty()) return;
  const int at = find(id_text(event.subject.value));
  if (at >= 0 || !hasMore()) put(row_of(event.subject, event.role, false));
}

}  // namespace starling::qt
