#include "client-qt/ui/art/path_art.h"

#include <QPainter>
#include <QPen>

#include "client-qt/ui/art/svg_path.h"

namespace starling::ui {

PathArt::PathArt(QQuickItem* parent) : QQuickPaintedItem{parent} { setAntialiasing(true); }

void PathArt::paint(QPainter* painter) {
  if (path_.isEmpty() || box_ <= 0) return;
  const auto path = svg_path(path_);
  const qreal factor = qMin(width(), height()) / box_;
  painter->setRenderHint(QPainter::Antialiasing);
  painter->translate((width() - factor * box_) / 2, (height() - factor * box_) / 2);
  painter->scale(factor, factor);
  if (stroke_ > 0) {
    painter->strokePath(path, QPen{color_, stroke_, Qt::SolidLine, Qt::RoundCap, Qt::RoundJoin});
  } else {
    painter->fillPath(path, color_);
  }
}

}  // namespace starling::ui
