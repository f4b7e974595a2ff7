#include "client-qt/models/register_types.h"

#include <qqml.h>

#include "client-qt/models/app.h"

namespace starling::qt {

void register_types() {
  const char* uri = "Starling.Models";
  const QString made = QStringLiteral("made by the program");
  qmlRegisterUncreatableType<App>(uri, 1, 0, "App", made);
  qmlRegisterUncreatableType<Session>(uri, 1, 0, "Session", made);
  qmlRegisterUncreatableType<Person>(uri, 1, 0, "Person", made);
  qmlRegisterUncreatableType<NotificationSettings>(uri, 1, 0, "NotificationSettings", made);
  qmlRegisterUncreatableType<Folders>(uri, 1, 0, "Folders", made);
  qmlRegisterUncreatableType<Room>(uri, 1, 0, "Room", made);
  qmlRegisterUncreatableType<RoomListModel>(uri, 1, 0, "RoomListModel", made);
  qmlRegisterUncreatableType<TimelineModel>(uri, 1, 0, "TimelineModel", made);
  qmlRegisterUncreatableType<MemberModel>(uri, 1, 0, "MemberModel", made);
  qmlRegisterUncreatableType<PeopleModel>(uri, 1, 0, "PeopleModel", made);
  qmlRegisterUncreatableType<PublicRoomsModel>(uri, 1, 0, "PublicRoomsModel", made);
  qmlRegisterUncreatableType<SearchModel>(uri, 1, 0, "SearchModel", made);
  qmlRegisterUncreatableType<QuickSwitcherModel>(uri, 1, 0, "QuickSwitcherModel", made);
  qmlRegisterUncreatableType<RowsModel>(uri, 1, 0, "RowsModel", made);
  qmlRegisterUncreatableType<Connection>(uri, 1, 0, "Connection", made);
  qmlRegisterUncreatableType<Account>(uri, 1, 0, "Account", made);
}

}  // namespace starling::qt
