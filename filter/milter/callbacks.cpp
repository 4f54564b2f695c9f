// SPDX-License-Identifier: Apache-2.0
#include "callbacks.hpp"

#include <arpa/inet.h>
#include <libmilter/mfapi.h>
#include <netinet/in.h>

#include <array>
#include <atomic>
#include <mutex>
#include <optional>
#include <string>
#include <utility>

#include "log.hpp"
#include "session.hpp"

namespace repute::milter {

namespace {

std::mutex service_mutex;
std::shared_ptr<service> service_in_use;  // protected by service_mutex
std::atomic<int> open_count{0};

/// One connection of the MTA; libmilter calls for it in one thread at a time.
struct connection {
  explicit connection(counters& in) : counts(in) {
    ++counts.connections;
    ++counts.open_connections;
  }
  ~connection() {
    end_message();
    --counts.open_connections;
  }
  connection(const connection&) = delete;
  connection& operator=(const connection&) = delete;

  void begin_message(mail::envelope from) {
    end_message();
    message.emplace(current_service(), std::move(from));
    ++open_count;
  }
  void end_message() {
    if (message) {
      message.reset();
      --open_count;
    }
  }

  counters& counts;
  std::string client_ip;
  std::string helo;
  std::optional<session> message;
};

connection* connection_of(SMFICTX* context) {
  return static_cast<connection*>(smfi_getpriv(context));
}

/// `use` gets the connection with its message. Mail passes whatever happens here: an error of ours
/// ends the work on this message, not its delivery.
template <class Use>
sfsistat with_message(SMFICTX* context, Use use) noexcept {
  connection* of = connection_of(context);
  if (of == nullptr || !of->message) {
    return SMFIS_CONTINUE;
  }
  try {
    return use(*of, *of->message);
  } catch (const std::exception& failure) {
    ++of->counts.failed;
    log_line(failure.what());
    return SMFIS_TEMPFAIL;
  }
}

std::string text_of(const sockaddr* address) {
  std::array<char, INET6_ADDRSTRLEN> text{};
  const void* bytes = nullptr;
  if (address != nullptr && address->sa_family == AF_INET) {
    bytes = &reinterpret_cast<const sockaddr_in*>(address)->sin_addr;
  } else if (address != nullptr && address->sa_family == AF_INET6) {
    bytes = &reinterpret_cast<const sockaddr_in6*>(address)->sin6_addr;
  }
  const bool known =
      bytes != nullptr && inet_ntop(address->sa_family, bytes, text.data(), text.size()) != nullptr;
  // Mail without a client comes from this machine. Nothing at all would mean: see who the Received
  // fields name, and those may be a stranger's.
  return known ? std::string(text.data()) : std::string("127.0.0.1");
}

/// `<a@b>` without its brackets.
std::string_view bare_address(std::string_view text) noexcept {
  if (text.starts_with('<') && text.ends_with('>') && text.size() >= 2) {
    text = text.substr(1, text.size() - 2);
  }
  return text;
}

std::string_view view(const char* text) noexcept {
  return text == nullptr ? std::string_view() : std::string_view(text);
}

sfsistat on_connect(SMFICTX* context, char* /*host*/, sockaddr* address) noexcept {
  try {
    auto made = std::make_unique<connection>(current_service()->counts());
    made->client_ip = text_of(address);
    return smfi_setpriv(context, made.release()) == MI_SUCCESS ? SMFIS_CONTINUE : SMFIS_TEMPFAIL;
  } catch (const std::exception& failure) {
    log_line(failure.what());
    return SMFIS_TEMPFAIL;
  }
}

sfsistat on_helo(SMFICTX* context, char* name) noexcept {
  if (connection* of = connection_of(context)) {
    of->helo = view(name);
  }
  return SMFIS_CONTINUE;
}

sfsistat on_sender(SMFICTX* context, char** arguments) noexcept {
  connection* of = connection_of(context);
  if (of == nullptr) {
    return SMFIS_CONTINUE;
  }
  try {
    mail::envelope from;
    from.client_ip = of->client_ip;
    from.helo = of->helo;
    from.mail_from = bare_address(view(arguments[0]));
    from.has_sender = true;
    of->begin_message(std::move(from));
    return SMFIS_CONTINUE;
  } catch (const std::exception& failure) {
    ++of->counts.failed;
    log_line(failure.what());
    return SMFIS_TEMPFAIL;
  }
}

sfsistat on_recipient(SMFICTX* context, char** arguments) noexcept {
  return with_message(context, [&](connection&, session& message) {
    message.add_recipient(bare_address(view(arguments[0])));
    return SMFIS_CONTINUE;
  });
}

sfsistat on_header(SMFICTX* context, char* name, char* value) noexcept {
  return with_message(context, [&](connection&, session& message) {
    message.add_header(view(name), view(value));
    return SMFIS_CONTINUE;
  });
}

sfsistat on_end_of_headers(SMFICTX* context) noexcept {
  return with_message(context, [](connection&, session& message) {
    message.end_headers();
    return SMFIS_CONTINUE;
  });
}

sfsistat on_body(SMFICTX* context, unsigned char* bytes, std::size_t size) noexcept {
  return with_message(context, [&](connection&, session& message) {
    message.add_body({reinterpret_cast<const char*>(bytes), size});
    return SMFIS_CONTINUE;
  });
}

/// libmilter takes texts that it does not change as `char*`.
char* c_text(const std::string& text) noexcept {
  return const_cast<char*>(text.c_str());
}

/// False if the MTA is not there any more.
bool write_fields(SMFICTX* context, const decision& made) {
  for (const field_place& place : made.deleted) {
    if (smfi_chgheader(context, c_text(place.name), static_cast<int>(place.index), nullptr) !=
        MI_SUCCESS) {
      return false;
    }
  }
  // Each goes on top of those before it.
  for (auto field = made.added.rbegin(); field != made.added.rend(); ++field) {
    if (smfi_insheader(context, 0, c_text(field->name), c_text(field->value)) != MI_SUCCESS) {
      return false;
    }
  }
  return true;
}

sfsistat on_end(SMFICTX* context) noexcept {
  return with_message(context, [&](connection& of, session& message) -> sfsistat {
    const decision made = message.finish();
    of.end_message();
    if (made.action == action::reject) {
      (void)smfi_setreply(context, c_text("550"), c_text("5.7.1"), c_text(made.why));
      return SMFIS_REJECT;
    }
    // Without its fields a message must not pass: those from outside would be believed.
    if (!write_fields(context, made)) {
      ++of.counts.failed;
      return SMFIS_TEMPFAIL;
    }
    if (made.action == action::quarantine) {
      (void)smfi_quarantine(context, c_text(made.why));
    }
    return SMFIS_ACCEPT;
  });
}

sfsistat on_abort(SMFICTX* context) noexcept {
  if (connection* of = connection_of(context)) {
    of->end_message();
  }
  return SMFIS_CONTINUE;
}

sfsistat on_close(SMFICTX* context) noexcept {
  delete connection_of(context);  // libmilter holds it as void*
  (void)smfi_setpriv(context, nullptr);
  return SMFIS_CONTINUE;
}

}  // namespace

void use_service(std::shared_ptr<service> next) {
  // The old one may end here, and waits for its thread then: not under the lock.
  {
    const std::lock_guard lock(service_mutex);
    service_in_use.swap(next);
  }
}

std::shared_ptr<service> current_service() {
  const std::lock_guard lock(service_mutex);
  return service_in_use;
}

int open_messages() noexcept {
  return open_count;
}

bool register_callbacks() {
  smfiDesc description{};
  std::string name = "repute";
  description.xxfi_name = name.data();
  description.xxfi_version = SMFI_VERSION;
  description.xxfi_flags = SMFIF_ADDHDRS | SMFIF_CHGHDRS | SMFIF_QUARANTINE;
  description.xxfi_connect = on_connect;
  description.xxfi_helo = on_helo;
  description.xxfi_envfrom = on_sender;
  description.xxfi_envrcpt = on_recipient;
  description.xxfi_header = on_header;
  description.xxfi_eoh = on_end_of_headers;
  description.xxfi_body = on_body;
  description.xxfi_eom = on_end;
  description.xxfi_abort = on_abort;
  description.xxfi_close = on_close;
  return smfi_register(description) == MI_SUCCESS;
}

}  // namespace repute::milter
