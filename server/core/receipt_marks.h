// How far this shard's sessions say they have come, gathered for a moment: of what one device says again and again only
// the last word crosses to the room's home. It believes nothing: the home knows the members and the head.
#pragma once

#include <vector>

#include "server/core/flat_index.h"
#include "server/core/links.h"
#include "server/core/session.h"

namespace starling::core {

class ReceiptMarks {
 public:
  ReceiptMarks(Turn& turn, Links& links) : turn_(turn), links_(links) {}
  ReceiptMarks(const ReceiptMarks&) = delete;
  ReceiptMarks& operator=(const ReceiptMarks&) = delete;

  void note(Session& session, const wire::Delivered& frame);
  void note(Session& session, const wire::ReadMark& frame);
  void flush();

 private:
  void note(const ports::MarkSeen& mark);

  Turn& turn_;
  Links& links_;
  std::vector<ports::MarkSeen> marks_;
  FlatIndex index_;  // by user and room
};

}  // namespace starling::core
