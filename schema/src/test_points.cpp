// SPDX-License-Identifier: Apache-2.0
#include "repute/schema/test_points.hpp"

#include <cassert>
#include <cstddef>
#include <cstdint>

namespace repute {

namespace {

// The list is part of the format (wire_format.md, "Test points"): clients of every version ask for
// these keys, so an entry is never changed or removed. Digests stand for the test files themselves,
// which virus scanners would find in the source tree.
constexpr std::array points{
    test_point{kind::ip4, "127.0.0.2", "7f000002", verdict::blacklisted},
    test_point{kind::ip4, "127.0.0.1", "7f000001", verdict::none},
    test_point{kind::ip6, "2001:db8::7f00:2", "20010db800000000000000007f000002",
               verdict::blacklisted},
    test_point{kind::ip6, "2001:db8::7f00:1", "20010db800000000000000007f000001", verdict::none},
    test_point{kind::host, "test", {}, verdict::spam},
    test_point{kind::host, "invalid", {}, verdict::none},
    test_point{kind::url, "test/", {}, verdict::phishing},
    test_point{kind::url, "invalid/", {}, verdict::none},
    test_point{kind::domain, "example.test", {}, verdict::spam},
    test_point{kind::domain, "example.invalid", {}, verdict::none},
    test_point{kind::email, "test@test", {}, verdict::spam},
    test_point{kind::email, "invalid@invalid", {}, verdict::none},
    // MD5 of "test@test" and "invalid@invalid".
    test_point{kind::email_md5, "c8d86ad5ed1add319e802f7f659df166",
               "c8d86ad5ed1add319e802f7f659df166", verdict::spam},
    test_point{kind::email_md5, "57850b27642f1782f6193e9d830694a5",
               "57850b27642f1782f6193e9d830694a5", verdict::none},
    // The 68-byte EICAR test file, and the string "invalid".
    test_point{
        kind::file_sha256, "275a021bbfb6489e54d471899f7db9d1663fc695ec2fe2a2c4538aabf651fd0f",
        "275a021bbfb6489e54d471899f7db9d1663fc695ec2fe2a2c4538aabf651fd0f", verdict::malware},
    test_point{kind::file_sha256,
               "f1234d75178d892a133a410355a5a990cf75d2f33eba25d575943d4df632f3a4",
               "f1234d75178d892a133a410355a5a990cf75d2f33eba25d575943d4df632f3a4", verdict::none},
    test_point{kind::file_md5, "44d88612fea8a8f36de82e1278abb02f",
               "44d88612fea8a8f36de82e1278abb02f", verdict::malware},
    test_point{kind::file_md5, "fedb2d84cafe20862cb4399751a8a7e3",
               "fedb2d84cafe20862cb4399751a8a7e3", verdict::none},
    // MD5 of "test image" and "invalid".
    test_point{kind::image_md5, "481f62ed11aa6e240482974feb1dcab6",
               "481f62ed11aa6e240482974feb1dcab6", verdict::spam},
    test_point{kind::image_md5, "fedb2d84cafe20862cb4399751a8a7e3",
               "fedb2d84cafe20862cb4399751a8a7e3", verdict::none},
    // MD5 of "eicar.com" and "invalid".
    test_point{kind::name_md5, "9d9af54a1f529906a03112636f642478",
               "9d9af54a1f529906a03112636f642478", verdict::malware},
    test_point{kind::name_md5, "fedb2d84cafe20862cb4399751a8a7e3",
               "fedb2d84cafe20862cb4399751a8a7e3", verdict::none},
    test_point{kind::text_exact,
               "xjs c0jdbqadn0 nsbn0 0idnen gtube standard anti ube test email c 0x",
               {},
               verdict::spam},
    test_point{kind::text_exact, "invalid invalid invalid", {}, verdict::none},
    test_point{kind::category, "4294967295", "ffffffff", verdict::spam},
    test_point{kind::category, "4294967294", "feffffff", verdict::none},
    test_point{kind::topic, "4294967295", "ffffffff", verdict::spam},
    test_point{kind::topic, "4294967294", "feffffff", verdict::none},
    test_point{kind::heuristic, "4294967295", "ffffffff", verdict::spam},
    test_point{kind::heuristic, "4294967294", "feffffff", verdict::none},
    // The name, a zero byte and no version: any version.
    test_point{kind::av_record, "EICAR-Test-File", "45494341522d546573742d46696c6500",
               verdict::malware},
    test_point{kind::av_record, "invalid", "696e76616c696400", verdict::none},
};

std::uint8_t nibble(char digit) noexcept {
  assert((digit >= '0' && digit <= '9') || (digit >= 'a' && digit <= 'f'));
  return static_cast<std::uint8_t>(digit <= '9' ? digit - '0' : digit - 'a' + 10);
}

}  // namespace

std::span<const test_point> test_points() noexcept {
  return points;
}

std::string canonical_of(const test_point& point) {
  if (point.hex.empty()) {
    return std::string(point.text);
  }
  assert(point.hex.size() % 2 == 0);
  std::string bytes;
  for (std::size_t i = 0; i + 1 < point.hex.size(); i += 2) {
    bytes.push_back(static_cast<char>(nibble(point.hex[i]) << 4 | nibble(point.hex[i + 1])));
  }
  return bytes;
}

std::string_view gtube() noexcept {
  return "XJS*C4JDBQADN1.NSBN3*2IDNEN*GTUBE-STANDARD-ANTI-UBE-TEST-EMAIL*C.34X";
}

}  // namespace repute
