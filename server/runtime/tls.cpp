#include "server/runtime/tls.h"

#include <fmt/format.h>
#include <openssl/err.h>
#include <openssl/ssl.h>

#include <algorithm>
#include <climits>
#include <new>

namespace starling::runtime {
namespace {

std::string reason() {
  char text[256];
  ERR_error_string_n(ERR_get_error(), text, sizeof text);
  ERR_clear_error();
  return text;
}

int bounded(std::size_t size) { return static_cast<int>(std::min<std::size_t>(size, INT_MAX)); }

}  // namespace

void TlsContext::Free::operator()(SSL_CTX* context) const { SSL_CTX_free(context); }
void TlsStream::Free::operator()(SSL* ssl) const { SSL_free(ssl); }

Result<TlsContext, std::string> TlsContext::load(const TlsConfig& config) {
  TlsContext out;
  out.context_.reset(SSL_CTX_new(TLS_server_method()));
  SSL_CTX* context = out.context_.get();
  if (context == nullptr) return tl::unexpected("OpenSSL: " + reason());
  SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION);
  SSL_CTX_set_cipher_list(context, "ECDHE+AESGCM:ECDHE+CHACHA20");
  SSL_CTX_set1_groups_list(context, "X25519:P-256");
  SSL_CTX_set_options(context, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION | SSL_OP_CIPHER_SERVER_PREFERENCE |
                                   SSL_OP_IGNORE_UNEXPECTED_EOF);
  SSL_CTX_set_max_early_data(context, 0);
  SSL_CTX_set_mode(context,
                   SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER | SSL_MODE_RELEASE_BUFFERS);
  if (SSL_CTX_use_certificate_chain_file(context, config.certificate.c_str()) != 1) {
    return tl::unexpected(fmt::format("tls.certificate {}: {}", config.certificate, reason()));
  }
  if (SSL_CTX_use_PrivateKey_file(context, config.key.c_str(), SSL_FILETYPE_PEM) != 1) {
    return tl::unexpected(fmt::format("tls.key {}: {}", config.key, reason()));
  }
  if (SSL_CTX_check_private_key(context) != 1) {
    return tl::unexpected(
        fmt::format("tls.key {} does not belong to tls.certificate {}", config.key, config.certificate));
  }
  return out;
}

TlsStream::TlsStream(const TlsContext& context, int fd) : ssl_(SSL_new(context.get())) {
  if (ssl_ == nullptr || SSL_set_fd(ssl_.get(), fd) != 1) throw std::bad_alloc();
  SSL_set_accept_state(ssl_.get());
}

IoResult TlsStream::read(std::span<std::byte> out) {
  ERR_clear_error();
  return result(SSL_read(ssl_.get(), out.data(), bounded(out.size())));
}

IoResult TlsStream::write(std::span<const std::byte> in) {
  ERR_clear_error();
  return result(SSL_write(ssl_.get(), in.data(), bounded(in.size())));
}

void TlsStream::shut_down() {
  ERR_clear_error();
  SSL_shutdown(ssl_.get());  // sends close_notify; the peer's is not awaited
  ERR_clear_error();
}

IoResult TlsStream::result(int status) {
  if (status > 0) return {IoResult::Status::Ok, static_cast<std::size_t>(status)};
  switch (SSL_get_error(ssl_.get(), status)) {
    case SSL_ERROR_WANT_READ:
    case SSL_ERROR_WANT_WRITE:
      return {IoResult::Status::Blocked, 0};
    case SSL_ERROR_ZERO_RETURN:
      return {IoResult::Status::Ended, 0};
    default:
      ERR_clear_error();
      return {IoResult::Status::Broken, 0};
  }
}

}  // namespace starling::runtime
