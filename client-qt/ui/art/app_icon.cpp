#include "client-qt/ui/art/app_icon.h"

#include <QColor>
#include <QFile>
#include <QPainter>
#include <QPixmap>
#include <QXmlStreamReader>

#include "client-qt/ui/art/svg_path.h"

namespace starling::ui {
namespace {

constexpr double kBox = 64;  // of starling.svg
constexpr int kSizes[] = {16, 22, 32, 48, 64, 128, 256};

// The bird stands on nothing but filled paths, so no SVG renderer is needed.
void paint_bird(QPainter& painter) {
  QFile file{QStringLiteral(":/qt/qml/Starling/Ui/art/starling.svg")};
  if (!file.open(QIODevice::ReadOnly)) return;
  QXmlStreamReader xml{&file};
  while (!xml.atEnd()) {
    if (!xml.readNextStartElement() && xml.tokenType() != QXmlStreamReader::EndElement) continue;
    if (xml.name() != QLatin1String{"path"} || !xml.isStartElement()) continue;
    painter.fillPath(svg_path(xml.attributes().value(QLatin1String{"d"})),
                     QColor{xml.attributes().value(QLatin1String{"fill"}).toString()});
  }
}

}  // namespace

QIcon app_icon(bool marked) {
  QIcon icon;
  for (const int size : kSizes) {
    QPixmap pixmap{size, size};
    pixmap.fill(Qt::transparent);
    QPainter painter{&pixmap};
    painter.setRenderHint(QPainter::Antialiasing);
    painter.scale(size / kBox, size / kBox);
    paint_bird(painter);
    if (marked) {
      painter.setPen(Qt::NoPen);
      painter.setBrush(QColor{0xd9, 0x5f, 0x0e});
      painter.drawEllipse(QPointF{52, 52}, 11, 11);
    }
    icon.addPixmap(pixmap);
  }
  return icon;
}

}  // namespace starling::ui
