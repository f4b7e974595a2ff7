#include "tests/qml/text_walk.h"

#include <QAccessible>
#include <QQuickItem>
#include <QRectF>
#include <vector>

namespace starling::ui_test {
namespace {

constexpr double kSlack = 2;  // pixels: rounding, side bearings and italics

struct Shown {
  const QQuickItem* item;
  QString text;
  QRectF rect;     // what is painted, in the window
  QRectF visible;  // what its clipping ancestors leave
};

bool is_text(const QQuickItem& item) {
  return item.inherits("QQuickText") || item.inherits("QQuickTextEdit") || item.inherits("QQuickTextInput");
}

QString plain(const QQuickItem& item) {
  QString text = item.property("text").toString();
  if (text.startsWith('<')) text = item.property("accessibleName").toString() + "(rich)";
  return text;
}

class Walk {
 public:
  explicit Walk(const QQuickWindow& window)
      : window_{window}, frame_{0, 0, double(window.width()), double(window.height())} {}

  QStringList run() {
    visit(*window_.contentItem(), frame_, false);
    overlaps();
    return faults_;
  }

 private:
  void visit(const QQuickItem& item, QRectF clip, bool scrolls) {
    if (!item.isVisible() || item.opacity() == 0) return;
    if (item.clip()) clip = clip.intersected(item.mapRectToScene(item.boundingRect()));
    scrolls = scrolls || item.inherits("QQuickFlickable");
    if (is_text(item)) look(item, clip, scrolls);
    for (const auto* child : item.childItems()) visit(*child, clip, scrolls);
  }

  void look(const QQuickItem& item, QRectF clip, bool scrolls) {
    const auto text = item.property("text").toString();
    if (text.isEmpty()) return;
    const bool input = item.inherits("QQuickTextInput");
    const double wide = input ? item.width() : item.property("contentWidth").toDouble();
    const double high = input ? item.height() : item.property("contentHeight").toDouble();
    double left = 0;
    if (!input && item.inherits("QQuickText")) {
      const int align = item.property("effectiveHorizontalAlignment").toInt();
      if (align & Qt::AlignRight) left = item.width() - wide;
      if (align & Qt::AlignHCenter) left = (item.width() - wide) / 2;
    }
    const auto rect = item.mapRectToScene(QRectF{left, 0, wide, high});
    const auto name = "\"" + plain(item).left(40) + "\"";
    if (item.property("truncated").toBool() && item.property("elide").toInt() == Qt::ElideNone)
      faults_ << name + " is cut";
    if (!input && wide > item.width() + kSlack && item.width() > 0 && item.property("wrapMode").toInt() != 0)
      faults_ << QString{"%1 is wider than its place: %2 > %3"}.arg(name).arg(wide).arg(item.width());
    if (!scrolls && !frame_.adjusted(-kSlack, -kSlack, kSlack, kSlack).contains(rect))
      faults_ << name + " leaves the window" + where(rect);
    // Sideways nothing scrolls here: what a clip cuts left or right is lost. A field scrolls its own text.
    if (!input && rect.intersects(clip) && (rect.left() < clip.left() - kSlack || rect.right() > clip.right() + kSlack))
      faults_ << name + " is clipped at a side" + where(rect);
    if (rect.intersects(clip)) shown_.push_back({&item, name, rect, rect.intersected(clip)});
  }

  static QString where(QRectF r) {
    return QString{" (%1,%2 %3x%4)"}.arg(r.x()).arg(r.y()).arg(r.width()).arg(r.height());
  }

  // Neighbours: the same parent, or parents beside each other. What floats above the page has other ancestors.
  static bool near(const QQuickItem& a, const QQuickItem& b) {
    const auto* p = a.parentItem();
    const auto* q = b.parentItem();
    return p == q || p == &b || q == &a ||
           (p && q && (p->parentItem() == q->parentItem() || p->parentItem() == q || q->parentItem() == p));
  }

  void overlaps() {
    for (size_t i = 0; i < shown_.size(); ++i)
      for (size_t j = i + 1; j < shown_.size(); ++j) {
        const auto common = shown_[i].visible.intersected(shown_[j].visible);
        if (common.width() > kSlack && common.height() > kSlack + 1 && near(*shown_[i].item, *shown_[j].item))
          faults_ << shown_[i].text + " lies over " + shown_[j].text + where(common);
      }
  }

  const QQuickWindow& window_;
  QRectF frame_;
  std::vector<Shown> shown_;
  QStringList faults_;
};

}  // namespace

QStringList text_faults(const QQuickWindow& window) { return Walk{window}.run(); }

namespace {

void nameless(QQuickItem& item, QStringList& faults) {
  if (!item.isVisible()) return;
  const bool field = item.inherits("QQuickTextInput") || item.inherits("QQuickTextEdit");
  if (item.inherits("QQuickAbstractButton") || field || item.property("activeFocusOnTab").toBool()) {
    const auto* interface = QAccessible::queryAccessibleInterface(&item);
    // A field may leave it to what is around it: that is what a reader is told of when the field gets the keyboard.
    for (const auto* at = item.parentItem(); field && !interface && at; at = at->parentItem())
      interface = QAccessible::queryAccessibleInterface(const_cast<QQuickItem*>(at));
    // An item that only hands the focus on has no interface; a button without one would be mute.
    if (interface ? interface->text(QAccessible::Name).isEmpty() : field || item.inherits("QQuickAbstractButton"))
      faults << QString{"%1 \"%2\" has no name for a screen reader"}.arg(item.metaObject()->className(),
                                                                         item.objectName());
  }
  for (auto* child : item.childItems()) nameless(*child, faults);
}

}  // namespace

QStringList name_faults(const QQuickWindow& window) {
  QStringList faults;
  nameless(*window.contentItem(), faults);
  return faults;
}

}  // namespace starling::ui_test
