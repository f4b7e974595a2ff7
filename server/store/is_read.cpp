#include "server/store/is_read.h"

#include <variant>

namespace starling::store {

bool is_read(const ports::StoreRequest& request) {
  return std::holds_alternative<ports::LoadRoom>(request) || std::holds_alternative<ports::ReadPage>(request) ||
         std::holds_alternative<ports::ReadDevice>(request) || std::holds_alternative<ports::LoadUser>(request) ||
         std::holds_alternative<ports::LoadItems>(request) || std::holds_alternative<ports::ReadRooms>(request) ||
         std::holds_alternative<ports::ReadAccounts>(request);
}

}  // namespace starling::store
