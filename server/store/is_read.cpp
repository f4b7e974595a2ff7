#include "server/store/is_read.h"

#include <variant>

namespace starling::store {
namespace {

struct KindOf {
  using Kind = std::optional<ReadKind>;
  Kind operator()(const ports::LoadRoom&) const { return ReadKind::Room; }
  Kind operator()(const ports::ReadPage&) const { return ReadKind::Page; }
  Kind operator()(const ports::ReadDevice&) const { return ReadKind::Device; }
  Kind operator()(const ports::LoadUser&) const { return ReadKind::User; }
  Kind operator()(const ports::LoadItems&) const { return ReadKind::Items; }
  Kind operator()(const ports::ReadRooms&) const { return ReadKind::Rooms; }
  Kind operator()(const ports::ReadAccounts& asked) const {
    return std::holds_alternative<ports::ListRevoked>(asked.request) ? ReadKind::Revoked : ReadKind::Accounts;
  }
  Kind operator()(const auto&) const { return std::nullopt; }
};

}  // namespace

std::optional<ReadKind> read_kind(const ports::StoreRequest& request) { return std::visit(KindOf{}, request); }

}  // namespace starling::store
