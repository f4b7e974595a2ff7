import QtQuick
import QtQuick.Templates as T
import Starling.Ui

// Finding messages: words, where, from whom, since when; Enter or a press goes to the message.
FocusScope {
    id: page
    required property var session
    property bool narrow: false
    readonly property var found: session.search
    readonly property int pad: Theme.sp(narrow ? 3 : 5)
    property string senderName
    signal backWanted()
    signal hitOpened(string roomId, var seq)

    function begin() { field.forceActiveFocus(); field.selectAll(); }
    Keys.onEscapePressed: backWanted()

    Item {
        id: head
        width: parent.width
        height: Theme.barHeight
        IconButton {
            id: back
            x: Theme.sp(page.narrow ? 1 : 3)
            anchors.verticalCenter: parent.verticalCenter
            iconName: "back"
            text: qsTr("Back")
            shortcut: "Esc"
            onClicked: page.backWanted()
        }
        TextField {
            id: field
            focus: true
            x: back.x + back.width + Theme.sp(2)
            width: Math.min(Theme.sp(160), parent.width - x - page.pad)
            anchors.verticalCenter: parent.verticalCenter
            iconName: "search"
            placeholder: qsTr("Search messages")
            text: page.found.query
            onEdited: typed.restart()
            onAccepted: { typed.stop(); page.found.query = text; }
            Keys.onDownPressed: { list.forceActiveFocus(); list.currentIndex = 0; }
        }
        Timer { id: typed; interval: 250; onTriggered: page.found.query = field.text }
        Divider { width: parent.width; anchors.bottom: parent.bottom }
    }
    Flow {
        id: filters
        x: page.pad
        y: head.height + Theme.sp(3)
        width: parent.width - 2 * x
        spacing: Theme.sp(2)
        Button {
            small: true
            iconName: "hash"
            text: page.found.roomId === "" ? qsTr("Everywhere") : page.session.room?.title ?? qsTr("One room")
            width: Math.min(implicitWidth, filters.width)
            onClicked: whereMenu.open()
            Menu {
                id: whereMenu
                y: parent.height + Theme.sp(1)
                MenuItem { text: qsTr("Everywhere"); checked: page.found.roomId === ""; onTriggered: page.found.roomId = "" }
                MenuItem {
                    text: page.session.room?.title ?? ""
                    visible: page.session.room !== null
                    checked: page.found.roomId !== ""
                    onTriggered: page.found.roomId = page.session.room.roomId
                }
            }
        }
        Button {
            small: true
            objectName: "fromButton"
            iconName: "user"
            text: page.found.senderId === "" ? qsTr("From anybody") : page.senderName
            width: Math.min(implicitWidth, filters.width)
            onClicked: fromPopup.open()
            Popover {
                id: fromPopup
                y: parent.height + Theme.sp(1)
                width: Math.min(Theme.sp(80), page.width - Theme.sp(6))
                height: Math.min(Theme.sp(90), page.height - Theme.sp(40))
                focus: true
                onAboutToShow: picker.begin()
                contentItem: FocusScope {
                    PeoplePicker {
                        id: picker
                        focus: true
                        width: parent.width
                        height: parent.height - (anybody.visible ? anybody.height + Theme.sp(2) : 0)
                        people: page.session.people
                        onPicked: person => { page.senderName = person.name; page.found.senderId = person.userId; fromPopup.close(); }
                    }
                    Button {
                        id: anybody
                        visible: page.found.senderId !== ""
                        anchors.bottom: parent.bottom
                        width: parent.width
                        small: true
                        text: qsTr("Anybody")
                        onClicked: { page.found.senderId = ""; fromPopup.close(); }
                    }
                }
            }
        }
        Button {
            id: when
            readonly property var spans: [{ text: qsTr("Any time"), days: 0 }, { text: qsTr("The last day"), days: 1 }, { text: qsTr("The last week"), days: 7 }, { text: qsTr("The last month"), days: 31 }, { text: qsTr("The last year"), days: 366 }]
            property int chosen: 0
            small: true
            iconName: "calendar"
            text: spans[chosen].text
            onClicked: whenMenu.open()
            Menu {
                id: whenMenu
                y: parent.height + Theme.sp(1)
                Instantiator {
                    model: when.spans
                    delegate: MenuItem {
                        required property var modelData
                        required property int index
                        text: modelData.text
                        checked: when.chosen === index
                        onTriggered: {
                            when.chosen = index;
                            page.found.fromMs = modelData.days ? Date.now() - modelData.days * 86400000 : 0;
                            page.found.toMs = 0;
                        }
                    }
                    onObjectAdded: (index, object) => whenMenu.insertItem(index, object)
                    onObjectRemoved: (index, object) => whenMenu.removeItem(object)
                }
            }
        }
        Label {
            height: Theme.controlSmall
            verticalAlignment: Text.AlignVCenter
            visible: page.found.query !== ""
            text: page.found.busy ? qsTr("Searching…") : list.count === 1 ? qsTr("1 message") : qsTr("%1 messages").arg(list.count)
            font.pixelSize: Theme.small
            color: Theme.textFaint
        }
    }
    Notice {
        id: error
        visible: page.found.error !== ""
        kind: "danger"
        x: page.pad
        y: filters.y + filters.height + Theme.sp(3)
        width: parent.width - 2 * x
        text: page.found.error
    }
    ListView {
        id: list
        objectName: "hits"
        y: (error.visible ? error.y + error.height : filters.y + filters.height) + Theme.sp(3)
        width: parent.width
        height: parent.height - y
        clip: true
        reuseItems: true
        activeFocusOnTab: true
        keyNavigationEnabled: true
        highlightMoveDuration: 0
        boundsBehavior: Flickable.StopAtBounds
        model: page.found
        T.ScrollBar.vertical: ScrollBar {}
        Accessible.role: Accessible.List
        Accessible.name: qsTr("Found messages")
        Keys.onReturnPressed: if (currentItem) page.hitOpened(currentItem.roomId, currentItem.seq)
        delegate: SearchHit {
            width: list.width
            pad: page.pad
            current: ListView.isCurrentItem && list.activeFocus
            onOpened: page.hitOpened(roomId, seq)
        }
        EmptyState {
            anchors.fill: parent
            visible: list.count === 0 && !page.found.busy && page.found.error === ""
            iconName: "search"
            title: page.found.query === "" ? qsTr("Search all your rooms") : qsTr("Nothing found")
            text: page.found.query === "" ? qsTr("Whole words or parts of them, in any script.") : qsTr("Fewer words, another spelling or a longer time may find it.")
        }
    }
}
