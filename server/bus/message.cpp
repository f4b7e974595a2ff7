#include "server/bus/message.h"

#include <utility>

#include "server/bus/fields.h"

namespace starling::bus {
namespace {

constexpr std::uint8_t kPosts = 1;
constexpr std::uint8_t kPart = 2;
constexpr std::size_t kHeaderBytes = 2 + 2 + 8 + 1;

Result<std::vector<ports::Post>, Refusal> posts_of(Reader& in) {
  std::vector<ports::Post> posts;
  while (in.ok() && !in.left().empty()) read(in, posts.emplace_back());
  if (!in.ok()) return fail(Refusal::Malformed);
  return posts;
}

}  // namespace

std::string topic_of(ShardId first) {
  std::string topic;
  Writer out(topic);
  write(out, first);
  return topic;
}

std::string Packer::begin(std::uint8_t form) const {
  std::string message;
  Writer out(message);
  write(out, to_first_);
  out.number(kVersion);
  out.number(cluster_);
  out.number(form);
  return message;
}

bool Packer::add(const ports::Post& post) {
  post_.clear();
  Writer out(post_);
  write(out, post);
  if (post_.size() > limits::kPostBytesMax) return false;
  if (open_.size() + post_.size() > limits::kMessageBytes) seal();
  if (post_.size() + kHeaderBytes <= limits::kMessageBytes) {
    if (open_.empty()) open_ = begin(kPosts);
    open_ += post_;
    return true;
  }
  for (std::size_t at = 0; at < post_.size(); at += limits::kMessageBytes) {
    std::string& message = messages_.emplace_back(begin(kPart));
    Writer part(message);
    part.number(static_cast<std::uint32_t>(post_.size()));
    part.number(static_cast<std::uint32_t>(at));
    part.bytes(std::string_view(post_).substr(at, limits::kMessageBytes));
  }
  return true;
}

void Packer::seal() {
  if (!open_.empty()) messages_.push_back(std::exchange(open_, {}));
}

std::vector<std::string> Packer::take() {
  seal();
  return std::exchange(messages_, {});
}

Result<std::vector<ports::Post>, Refusal> Unpacker::take(std::string_view message) {
  Reader in(message);
  in.number<ShardId::rep>();  // the topic
  const auto version = in.number<std::uint16_t>();
  const auto cluster = in.number<std::uint64_t>();
  const auto form = in.number<std::uint8_t>();
  if (!in.ok()) return fail(Refusal::Malformed);
  if (version != kVersion) return fail(Refusal::OtherVersion);
  if (cluster != cluster_) return fail(Refusal::OtherCluster);
  if (form == kPart) return take_part(in.left());
  // Parts of a post are sent one after the other: the others of it were lost.
  whole_.clear();
  size_ = 0;
  in.require(form == kPosts && !in.left().empty());
  return posts_of(in);
}

Result<std::vector<ports::Post>, Refusal> Unpacker::take_part(std::string_view body) {
  Reader in(body);
  const auto size = in.number<std::uint32_t>();
  const auto at = in.number<std::uint32_t>();
  const std::string_view part = in.left();
  in.require(!part.empty() && size <= limits::kPostBytesMax && at < size && part.size() <= size - at);
  if (at == 0) {
    whole_.clear();
    size_ = size;
  }
  const bool goes_on = in.ok() && size == size_ && at == whole_.size();
  if (!goes_on) {
    whole_ = {};
    size_ = 0;
    return fail(in.ok() ? Refusal::PartMissing : Refusal::Malformed);
  }
  whole_ += part;
  if (whole_.size() < size_) return std::vector<ports::Post>();
  size_ = 0;
  const std::string whole = std::exchange(whole_, {});
  Reader post(whole);
  return posts_of(post);
}

}  // namespace starling::bus
