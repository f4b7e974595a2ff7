import QtQuick
Item { property var app; property var session; property bool narrow; property string tab; signal backWanted(); signal hitOpened(string roomId, var seq); signal notice(string text, string kind); function begin() {} }
