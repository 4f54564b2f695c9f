# SPDX-License-Identifier: Apache-2.0
"""repute ping: state of each server, exit codes."""
import client_harness as harness
from client_harness import PATIENT, address, repute, rows
from reputed_harness import Server


def main():
    with Server("--demo") as server:
        where = address(server)
        code, out, err = repute("ping", "-s", where, *PATIENT, "--count", "3", "--json")
        assert code == 0 and not err, (code, out, err)
        (row,) = rows(out)
        assert row["server"] == where and row["state"] == "ok" and row["generation"] == 1
        assert row["sent"] == row["answered"] == 3
        assert 0 < row["rtt_us_min"] <= row["rtt_us"] <= row["rtt_us_max"]
        assert row["kilo_keys"] == 0 and row["snapshot_age_min"] <= 5

        code, out, _ = repute("ping", *PATIENT, REPUTE_SERVER=where)
        head, line = out.splitlines()
        assert code == 0 and head.startswith("server") and line.split()[:3] == [where, "ok", "1/1"]

        with harness.MuteServer() as mute:
            both = [where, address(mute), harness.deserted_address()]
            code, out, _ = repute("ping", "--json", "--deadline", "2000", "-s", ",".join(both))
            assert code == 69
            assert [r["server"] for r in rows(out)] == both
            assert [r["state"] for r in rows(out)] == ["ok", "no_answer", "no_answer"], out


main()
