#include "server/store/postgres/rows.h"

#include "common/base/assert.h"

namespace starling::postgres {
namespace {

/// Big-endian, signed.
std::int64_t number_of(std::string_view bytes) {
  if (bytes.empty()) return 0;
  std::uint64_t value = (bytes[0] & 0x80) != 0 ? ~std::uint64_t{0} : 0;
  for (const char byte : bytes) value = value << 8 | static_cast<unsigned char>(byte);
  return static_cast<std::int64_t>(value);
}

}  // namespace

std::string_view Rows::bytes(int row, int column) const {
  return {PQgetvalue(result_.get(), row, column), static_cast<std::size_t>(PQgetlength(result_.get(), row, column))};
}

std::int64_t Rows::i64(int row, int column) const { return number_of(bytes(row, column)); }

std::vector<std::int64_t> Rows::numbers(int row, int column) const {
  constexpr std::size_t kHeader = 20;  // dimensions, flags, type; size and lower bound of the only dimension
  constexpr std::size_t kElement = 12;
  std::vector<std::int64_t> out;
  const std::string_view array = bytes(row, column);
  if (array.size() < kHeader) return out;
  STARLING_ASSERT((array.size() - kHeader) % kElement == 0);
  for (std::size_t at = kHeader; at < array.size(); at += kElement) {
    out.push_back(number_of(array.substr(at + 4, 8)));
  }
  return out;
}

}  // namespace starling::postgres
