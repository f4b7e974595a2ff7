import QtQuick
Item { property var session; signal roomWanted(string roomId); signal directWanted(string userId); signal notice(string text, string kind); function open(name, argument) {} }
