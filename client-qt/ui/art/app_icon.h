#pragma once

#include <QIcon>

namespace starling::ui {

/// The window's and the tray's icon, drawn from starling.svg at the usual sizes; `marked` adds a dot: something is unread. GUI
/// thread.
QIcon app_icon(bool marked = false);

}  // namespace starling::ui
