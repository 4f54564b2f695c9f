# SPDX-License-Identifier: Apache-2.0
"""deploy/reputed.service under a live systemd: the system that runs here is booted once more, in
namespaces of its own and over a file system that keeps no change, and a server is asked in it."""
import os
import subprocess
import sys
import tempfile

from client_harness import BIN, environment
from reputed_harness import START_SECONDS

ROOT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..")
SYSTEMD = "/lib/systemd/systemd"
CANNOT = "cannot boot here"

# Makes a root directory over the present one, in $1; $2 has the binaries, $3 takes what comes out.
PREPARE = r"""
set -e
work="$1" bin="$2" out="$3" root="$1/root"
mount -t tmpfs none "$work"
mkdir "$work/upper" "$work/work" "$root"
mount -t overlay overlay -o "lowerdir=/,upperdir=$work/upper,workdir=$work/work" "$root"
install "$bin/reputed" "$bin/repute" "$root/usr/bin"
mkdir -p "$root/etc/repute" "$root/etc/systemd/system" "$root/var/lib/repute" "$root/mnt/out"
cp "$out/reputed.service" "$out/probe.service" "$root/etc/systemd/system"
echo 'database = "/var/lib/repute"' > "$root/etc/repute/reputed.toml"
chroot "$root" useradd --system --home-dir /var/lib/repute reputed
cp "$out/names.txt" "$root/var/lib/repute"
chroot "$root" sh -c 'cd /var/lib/repute && repute keys init --db . && repute load --db . --feed f \
  --format list --kind domain --verdict spam names.txt && chown -R reputed:reputed .'
mount -t proc proc "$root/proc"
mount -t tmpfs tmpfs "$root/run"
mount -t tmpfs tmpfs "$root/tmp"
mount --rbind /sys "$root/sys"
mount -t cgroup2 cgroup2 "$root/sys/fs/cgroup"
mount -t tmpfs tmpfs "$root/dev"
for device in null zero random urandom full tty; do
  touch "$root/dev/$device"
  mount --bind "/dev/$device" "$root/dev/$device"
done
mkdir "$root/dev/pts" "$root/dev/shm" "$root/dev/mqueue"
mount -t devpts devpts "$root/dev/pts"
ln -s pts/ptmx "$root/dev/ptmx"
mount --bind "$out" "$root/mnt/out"
mkdir "$root/mnt/old"
cd "$root"
pivot_root . mnt/old
umount -l /mnt/old
exec env container=test {systemd} --system --unit=probe.service --show-status=no
"""

PROBE = """[Unit]
After=reputed.service
Wants=reputed.service
[Service]
Type=oneshot
StandardOutput=file:/mnt/out/said
StandardError=file:/mnt/out/said
Environment=REPUTE_DB=/var/lib/repute REPUTE_SERVERS=127.0.0.1
ExecStart=-/bin/sh /mnt/out/probe.sh
"""

# Begins when the server has said that it is ready; then what an administrator would do.
SCRIPT = r"""
repute lookup listed.example
repute put --kind domain --verdict spam --expires 1h --reason test live.example
repute lookup live.example
systemctl reload reputed
sleep 1
repute lookup live.example
systemctl show --property StatusText --property WatchdogUSec reputed
pid="$(systemctl show --property MainPID --value reputed)"
grep -E '^(Seccomp|NoNewPrivs|Uid):' "/proc/$pid/status"
for data in snapshots/x access/x salt; do
  nsenter --target "$pid" --mount touch "/var/lib/repute/$data"
done
nsenter --target "$pid" --mount touch /usr/bin/x /etc/x
systemctl stop reputed
systemctl show --property Result --property NRestarts reputed
mkdir /run/systemd/system/reputed.service.d
printf '[Service]\nWatchdogSec=2\n' > /run/systemd/system/reputed.service.d/impatient.conf
systemctl daemon-reload
systemctl start reputed
kill -STOP "$(systemctl show --property MainPID --value reputed)"
tries=0
until [ "$(systemctl show --property NRestarts --value reputed)" != 0 ] ||
  [ $((tries += 1)) -ge 200 ]; do sleep 0.1; done
echo "after it hung: $(systemctl show --property NRestarts --value reputed) restarts"
rm /run/systemd/system/reputed.service.d/impatient.conf
systemctl daemon-reload
systemctl restart reputed
repute lookup live.example | sed 's/^/after it hung: /'
journalctl --boot --no-pager --unit reputed
sync
systemctl poweroff --force --force
"""


def can_boot():
    """Why systemd cannot be booted here, or nothing."""
    if os.geteuid() != 0:
        return "not root"
    if not os.path.exists(SYSTEMD):
        return "no systemd"
    if os.path.ismount("/") and subprocess.run(
            ["unshare", "-m", "-p", "-f", "-C", "-u", "-i", "-n", "true"], check=False,
            stderr=subprocess.DEVNULL).returncode == 0:
        return None
    return "no namespaces, or the root directory is no mount point"


def write(folder, name, text):
    with open(os.path.join(folder, name), "w", encoding="utf-8") as file:
        file.write(text)


def boot(work, out):
    """What systemd and the probe said."""
    with open(os.path.join(ROOT, "deploy", "reputed.service"), encoding="utf-8") as unit:
        write(out, "reputed.service", unit.read())
    write(out, "probe.service", PROBE)
    write(out, "probe.sh", SCRIPT)
    write(out, "names.txt", "listed.example\n")
    prepare = PREPARE.replace("{systemd}", SYSTEMD)
    booted = subprocess.run(
        ["timeout", "-s", "KILL", str(2 * START_SECONDS), "unshare", "-m", "-p", "-f", "-C", "-u",
         "-i", "-n", "sh", "-c", prepare, "sh", work, BIN, out], env=environment(), check=False,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    said = os.path.join(out, "said")
    if not os.path.exists(said):
        return None, booted.stdout
    with open(said, encoding="utf-8", errors="replace") as file:
        return file.read(), booted.stdout


def main():
    problem = can_boot()
    if problem:
        print(f"{CANNOT}: {problem}")
        return 77
    with tempfile.TemporaryDirectory() as work, tempfile.TemporaryDirectory() as out:
        said, trouble = boot(work, out)
    if said is None:  # of the machine, not of the unit: the probe writes without reputed, too
        print(trouble)
        print(f"{CANNOT}: systemd did not come up")
        return 77
    lines = said.splitlines()
    assert sum("spam" in line and "live.example" in line for line in lines) >= 3, said
    assert any("spam" in line and line.startswith("domain  listed.example") for line in lines), said
    assert "NoNewPrivs:\t1" in lines and "Seccomp:\t2" in lines, said
    assert "Uid:\t0" not in said, said
    assert any(line.startswith("StatusText=serving generation 1, ") for line in lines), said
    assert "WatchdogUSec=30s" in lines, said
    read_only = sum("touch: " in line and "Read-only file system" in line for line in lines)
    assert read_only == 5, said
    assert "Result=success" in lines and "NRestarts=0" in lines, said
    assert "after it hung: 0 restarts" not in lines, said
    assert any("after it hung: " in line and "spam" in line for line in lines), said
    assert "reputed.service: Watchdog timeout" in said, said
    assert "WARNING" not in said and "clients that may ask: 0" in said, said
    return 0


if __name__ == "__main__":
    sys.exit(main())
