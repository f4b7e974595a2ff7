#pragma once

#include <QPainterPath>
#include <QStringView>

namespace starling::ui {

/// The path of an SVG `d` attribute (M L H V C S Q A Z, absolute and relative). What cannot be read ends the path where it is:
/// the icons are this module's own, and a wrong one is seen at once.
QPainterPath svg_path(QStringView d);

}  // namespace starling::ui
