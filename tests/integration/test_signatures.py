# SPDX-License-Identifier: Apache-2.0
"""Keys, signed loads, and a server that serves nothing else."""
import os
import re
import stat
import tempfile

import reputed_harness as harness
import signing_harness as signing
from signing_harness import Key, load, repute


def check_keys(folder):
    key = Key(folder, "key")
    assert re.fullmatch(r"ed25519:[0-9a-f]{64}", key.word), key.word
    assert stat.S_IMODE(os.stat(key.path).st_mode) == 0o600
    before = signing.read(key.path)
    assert "exists already" in repute("keys", "sign-key", key.path, expect=73)
    assert signing.read(key.path) == before
    os.chmod(key.path, 0o640)
    assert "others than its owner" in repute("keys", "show", key.path, expect=77)
    db = os.path.join(folder, "exposed")
    load(db, "exposed.example", "--sign-key", key.path, expect=77)
    assert not os.path.exists(db), "a load that cannot sign does not begin"
    os.chmod(key.path, 0o600)
    repute("keys", "show", os.path.join(folder, "none"), expect=66)
    return key


def check_first_start(db, key, stranger):
    """Nothing to serve on with: no server."""
    load(db, "one.example")
    trust = ("--db", db, "--listen", "127.0.0.1:0", "--trusted-key", key.word)
    code, said = harness.run(*trust)
    assert code == 65 and "not signed" in said, (code, said)
    repute("snapshot", "sign", "--db", db, "--key", stranger.path)
    code, said = harness.run(*trust)
    assert code == 65 and stranger.word + ", which is no trusted key" in said, (code, said)
    said = repute("snapshot", "sign", "1", "--db", db, "--key", key.path)
    assert said == f"generation 1 signed by {key.word}\n", said
    signing.check_signature_file(db, 1, key)
    code, said = harness.run(*trust[:-1], "ed25519:12")
    assert code == 64 and "no public key" in said, (code, said)


def check_server(db, key, stranger):
    """Each kind of refusal, and the old snapshot serves on."""
    config = os.path.join(db, "reputed.toml")
    with open(config, "w", encoding="ascii") as file:
        file.write(f'database = "{db}"\ntrusted_keys = ["{stranger.word[:-1]}x", "{key.word}"]\n')
    code, said = harness.run("--config", config, "--check-config")
    assert code == 78 and "reputed.toml:2:" in said and "no public key" in said, (code, said)
    with open(config, "w", encoding="ascii") as file:
        file.write(f'database = "{db}"\ntrusted_keys = ["{key.word}"]\n')
    with harness.Server("--config", config) as server, harness.Client(server.address) as client:

        def expect_refusal(why):
            line = server.wait_for_line("refused")
            assert why in line and f"generation {serving} serves on" in line, line
            assert client.ask(harness.host_key(b"test")).generation == serving

        serving = 1
        load(db, "two.example")
        expect_refusal("the snapshot is not signed")
        load(db, "three.example", "--sign-key", stranger.path)
        expect_refusal(f"signed by {stranger.word}, which is no trusted key")
        # The stranger's signature under the trusted name.
        path = signing.snapshot_file(db, 3, "sig")
        forged = signing.read(path).replace(stranger.word.encode(), key.word.encode())
        os.remove(path)
        with open(path, "wb") as file:
            file.write(forged)
        (told,) = harness.control(db, {"cmd": "adopt"})
        assert f"manifest is not what {key.word} signed" in told["error"], told
        expect_refusal("is not what")
        # Signed afterwards: adopted without being asked.
        repute("snapshot", "sign", "--db", db, "--key", key.path)
        server.wait_for_line("adopted generation 3")
        serving = 3
        said = load(db, "four.example", "--sign-key", key.path)
        assert "generation 4" in said, said
        server.wait_for_line("adopted generation 4")
        signing.check_signature_file(db, 4, key)
        assert client.ask(harness.host_key(b"four.example")).answers[0][0] == harness.LISTED


def check_damage(db, key):
    """What does not match its manifest is not signed."""
    path = signing.snapshot_file(db, 4, "mdb")
    os.chmod(path, 0o644)
    with open(path, "r+b") as file:
        file.seek(-5000, os.SEEK_END)
        byte = file.read(1)[0]
        file.seek(-5000, os.SEEK_END)
        file.write(bytes([byte ^ 1]))
    said = repute("snapshot", "sign", "--db", db, "--key", key.path, expect=65)
    assert "damaged" in said, said
    repute("snapshot", "sign", "99", "--db", db, "--key", key.path, expect=66)


def main():
    with tempfile.TemporaryDirectory() as folder:
        key = check_keys(folder)
        stranger = Key(folder, "stranger")
        db = os.path.join(folder, "db")
        check_first_start(db, key, stranger)
        check_server(db, key, stranger)
        check_damage(db, key)


if __name__ == "__main__":
    main()
