// SPDX-License-Identifier: Apache-2.0
// AES-128-GCM (NIST SP 800-38D) by Intel's library for IPsec, which takes a packet with one call. A
// packet of ours is so short that most of OpenSSL's time goes into the calls around the cipher.
#include <intel-ipsec-mb.h>

#include <array>

#include "cipher.hpp"
#include "repute/seal/secret.hpp"

namespace repute::seal::detail {

namespace {

// The functions that suit this processor; they change nothing in it. Null if it has no
// instructions for AES: OpenSSL is better then.
IMB_MGR* functions() {
  static IMB_MGR* const found = [] {
    IMB_MGR* const made = alloc_mb_mgr(0);
    if (made != nullptr) {
      init_mb_mgr_auto(made, nullptr);
    }
    constexpr auto wanted = IMB_FEATURE_AESNI | IMB_FEATURE_PCLMULQDQ;
    return made != nullptr && (made->features & wanted) == wanted ? made : nullptr;
  }();
  return found;
}

template <class T>
void wipe_object(T& of) noexcept {
  wipe({reinterpret_cast<std::uint8_t*>(&of), sizeof of});
}

class packet_aes_ipsec_mb final : public cipher {
 public:
  packet_aes_ipsec_mb(IMB_MGR* with, const secret<32>& key) noexcept : with_(with) {
    IMB_AES128_GCM_PRE(with_, key.view().data(), &key_);
  }
  ~packet_aes_ipsec_mb() override {
    wipe_object(key_);
    wipe_object(work_);
  }

  bool seal(byte_span datagram) noexcept override {
    const byte_span body = datagram.subspan(wire::header::size, body_size(datagram.size()));
    IMB_AES128_GCM_ENC(with_, &key_, &work_, body.data(), body.data(), body.size(),
                       datagram.data() + wire::header::nonce, datagram.data(), wire::header::size,
                       body.data() + body.size(), tag_size);
    return true;
  }

  bool open(byte_view datagram, byte_span body) noexcept override {
    const byte_view sealed = datagram.subspan(wire::header::size, body_size(datagram.size()));
    std::array<std::uint8_t, tag_size> tag{};
    IMB_AES128_GCM_DEC(with_, &key_, &work_, body.data(), sealed.data(), sealed.size(),
                       datagram.data() + wire::header::nonce, datagram.data(), wire::header::size,
                       tag.data(), tag.size());
    return equal_secret(tag, datagram.last(tag_size));
  }

 private:
  IMB_MGR* with_;
  gcm_key_data key_{};
  gcm_context_data work_{};
};

}  // namespace

std::unique_ptr<cipher> packet_aes(const secret<32>& key) {
  IMB_MGR* const with = functions();
  return with != nullptr ? std::make_unique<packet_aes_ipsec_mb>(with, key) : nullptr;
}

}  // namespace repute::seal::detail
