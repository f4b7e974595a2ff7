#pragma once

#include <QQuickWindow>
#include <QStringList>

namespace starling::ui_test {

/// What is wrong with the text that a window shows, one line a fault: cut without an ellipsis, outside of the window (what a
/// scrolling view holds outside is fine), or over a neighbour.
QStringList text_faults(const QQuickWindow& window);

/// What can be pressed or takes the keyboard and has no name for a screen reader, one line each.
QStringList name_faults(const QQuickWindow& window);

}  // namespace starling::ui_test
