#pragma once

#include <qqmlregistration.h>

#include <QColor>
#include <QQuickPaintedItem>
#include <QString>

namespace starling::ui {

/// One vector path in one colour, stroked or (stroke 0) filled: icons and the logo. Painted with QPainter, so that it is smooth
/// under every scene graph backend, the software one included, and needs no plug-in for SVG files. Owned by QML; GUI thread.
class PathArt : public QQuickPaintedItem {
  Q_OBJECT
  QML_ELEMENT
  /// An SVG path in a square of `box` units.
  Q_PROPERTY(QString path MEMBER path_ WRITE set_path NOTIFY changed)
  Q_PROPERTY(QColor color MEMBER color_ WRITE set_color NOTIFY changed)
  /// The pen's width in units of the box.
  Q_PROPERTY(qreal stroke MEMBER stroke_ WRITE set_stroke NOTIFY changed)
  Q_PROPERTY(qreal box MEMBER box_ WRITE set_box NOTIFY changed)

 public:
  explicit PathArt(QQuickItem* parent = nullptr);
  void paint(QPainter* painter) override;

  void set_path(const QString& path) { set(path_, path); }
  void set_color(const QColor& color) { set(color_, color); }
  void set_stroke(qreal stroke) { set(stroke_, stroke); }
  void set_box(qreal box) { set(box_, box); }

 Q_SIGNALS:
  void changed();

 private:
  template <class T>
  void set(T& member, const T& value) {
    if (member == value) return;
    member = value;
    update();
    Q_EMIT changed();
  }

  QString path_;
  QColor color_{Qt::black};
  qreal stroke_ = 1.5;
  qreal box_ = 20;
};

}  // namespace starling::ui
