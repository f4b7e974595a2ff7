#include "server/ctl/connection.h"

#include <fmt/format.h>
#include <netdb.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>

namespace starling::ctl {
namespace {

std::string reason(int error) {
  if (error == EAGAIN || error == EINPROGRESS) return "no answer in time";
  return std::strerror(error);
}

struct FreeAddresses {
  void operator()(addrinfo* list) const { ::freeaddrinfo(list); }
};
struct FreeCertificate {
  void operator()(X509* certificate) const { ::X509_free(certificate); }
};
using Certificate = std::unique_ptr<X509, FreeCertificate>;

Certificate read_certificate(const std::string& path) {
  std::FILE* file = std::fopen(path.c_str(), "re");
  if (!file) return nullptr;
  Certificate certificate(::PEM_read_X509(file, nullptr, nullptr, nullptr));
  std::fclose(file);
  return certificate;
}

}  // namespace

Result<Connection, std::string> Connection::open(const HttpAddress& address, std::chrono::seconds timeout) {
  const addrinfo hints{.ai_flags = AI_NUMERICSERV, .ai_family = AF_UNSPEC, .ai_socktype = SOCK_STREAM};
  addrinfo* found = nullptr;
  if (const int error = ::getaddrinfo(address.host.c_str(), std::to_string(address.port).c_str(), &hints, &found)) {
    return tl::unexpected(std::string(::gai_strerror(error)));
  }
  const std::unique_ptr<addrinfo, FreeAddresses> addresses(found);
  const timeval limit{.tv_sec = timeout.count(), .tv_usec = 0};
  std::string why;
  for (const addrinfo* each = addresses.get(); each; each = each->ai_next) {
    Connection connection(::socket(each->ai_family, each->ai_socktype | SOCK_CLOEXEC, each->ai_protocol));
    ::setsockopt(connection.fd_, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
    ::setsockopt(connection.fd_, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit);
    if (::connect(connection.fd_, each->ai_addr, each->ai_addrlen) != 0) {
      why = reason(errno);
      continue;
    }
    if (address.tls) {
      if (auto secured = connection.start_tls(address); !secured) return tl::unexpected(secured.error());
    }
    return connection;
  }
  return tl::unexpected(why);
}

/// With a named certificate exactly that one is trusted, whatever name it is for: the operator's own configuration
/// names it, and the address is often a loopback one.
Result<void, std::string> Connection::start_tls(const HttpAddress& address) {
  const std::unique_ptr<SSL_CTX, decltype(&::SSL_CTX_free)> context(::SSL_CTX_new(::TLS_client_method()),
                                                                    &::SSL_CTX_free);
  const bool pinned = !address.certificate.empty();
  ::SSL_CTX_set_min_proto_version(context.get(), TLS1_2_VERSION);
  ::SSL_CTX_set_default_verify_paths(context.get());
  ssl_.reset(::SSL_new(context.get()));
  ::SSL_set_verify(ssl_.get(), pinned ? SSL_VERIFY_NONE : SSL_VERIFY_PEER, nullptr);
  if (!pinned) {
    std::string name = address.host;
    ::SSL_set1_host(ssl_.get(), name.c_str());
    ::SSL_ctrl(ssl_.get(), SSL_CTRL_SET_TLSEXT_HOSTNAME, TLSEXT_NAMETYPE_host_name, name.data());
  }
  ::SSL_set_fd(ssl_.get(), fd_);
  if (::SSL_connect(ssl_.get()) != 1) {
    const long verdict = ::SSL_get_verify_result(ssl_.get());
    if (!pinned && verdict != X509_V_OK) return tl::unexpected(std::string(::X509_verify_cert_error_string(verdict)));
    const char* text = ::ERR_reason_error_string(::ERR_peek_last_error());
    return tl::unexpected(fmt::format("no TLS there: {}", text ? text : "it closed the connection"));
  }
  if (!pinned) return {};
  const Certificate expected = read_certificate(address.certificate);
  if (!expected) return tl::unexpected(fmt::format("cannot read the certificate {}", address.certificate));
  const Certificate shown(::SSL_get1_peer_certificate(ssl_.get()));
  if (shown && ::X509_cmp(expected.get(), shown.get()) == 0) return {};
  return tl::unexpected(fmt::format("it shows another certificate than {}", address.certificate));
}

Connection::~Connection() {
  if (fd_ >= 0) ::close(fd_);
}

void Connection::Free::operator()(SSL* ssl) const { ::SSL_free(ssl); }

Result<void, std::string> Connection::write(std::string_view bytes) {
  while (!bytes.empty()) {
    const auto length = static_cast<int>(bytes.size());
    const ssize_t written =
        ssl_ ? ::SSL_write(ssl_.get(), bytes.data(), length) : ::send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (written <= 0) return tl::unexpected(reason(errno));
    bytes.remove_prefix(static_cast<std::size_t>(written));
  }
  return {};
}

Result<std::size_t, std::string> Connection::read(std::span<char> out) {
  if (!ssl_) {
    const ssize_t taken = ::recv(fd_, out.data(), out.size(), 0);
    if (taken < 0) return tl::unexpected(reason(errno));
    return static_cast<std::size_t>(taken);
  }
  const int taken = ::SSL_read(ssl_.get(), out.data(), static_cast<int>(out.size()));
  if (taken > 0) return static_cast<std::size_t>(taken);
  // A server that closes without a farewell has still ended the stream; the answer's length is checked by its reader.
  const int error = ::SSL_get_error(ssl_.get(), taken);
  if (error == SSL_ERROR_WANT_READ) return tl::unexpected(reason(EAGAIN));
  return std::size_t{0};
}

}  // namespace starling::ctl
