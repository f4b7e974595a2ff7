// A value that stands aside on the heap, so that a variant is no larger than its frequent alternatives. A value in every
// other respect: copies are deep, and it is empty only after it was moved from.
#pragma once

#include <concepts>
#include <memory>
#include <utility>

namespace starling {

template <class T>
class Aside {
 public:
  template <class U>
    requires(!std::same_as<std::remove_cvref_t<U>, Aside> && std::constructible_from<T, U>)
  Aside(U&& value) : value_(std::make_unique<T>(std::forward<U>(value))) {}
  Aside(const Aside& other) : value_(std::make_unique<T>(*other)) {}
  Aside(Aside&&) noexcept = default;
  Aside& operator=(Aside other) noexcept {
    value_ = std::move(other.value_);
    return *this;
  }
  ~Aside() = default;

  T& operator*() { return *value_; }
  const T& operator*() const { return *value_; }
  T* operator->() { return value_.get(); }
  const T* operator->() const { return value_.get(); }

 private:
  std::unique_ptr<T> value_;
};

}  // namespace starling
