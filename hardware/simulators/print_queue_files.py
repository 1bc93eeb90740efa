"""What the private print queue's programs read: cupsd, D-Bus, the print command. ``{folder}``: where it lives."""

from collections.abc import Mapping
from typing import Final

_CUPSD = """\
Listen {folder}/cups.sock
LogLevel warn
Browsing No
WebInterface No
DefaultShared No
PreserveJobFiles No
PreserveJobHistory 120
ErrorPolicy stop-printer
DirtyCleanInterval 0
<Location />
  Order allow,deny
  Allow all
</Location>
<Policy default>
  <Limit All>
    Order deny,allow
  </Limit>
</Policy>
"""
_CUPS_FILES = """\
ServerRoot {folder}/root
ServerBin {folder}/bin
DocumentRoot {folder}/root
RequestRoot {folder}/spool
CacheDir {folder}/cache
StateDir {folder}/state
TempDir {folder}/tmp
ErrorLog {folder}/cupsd.log
AccessLog /dev/null
PageLog /dev/null
"""
_BUS = """\
<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig><type>session</type><listen>unix:path={folder}/bus</listen>
<policy context="default">
<allow send_destination="*" eavesdrop="true"/><allow eavesdrop="true"/><allow own="*"/>
</policy></busconfig>
"""
_PRINT = """\
#!/bin/sh
hold() {{
  while [ -e "{folder}/hands/$1" ]; do echo "STATE: +$1" >&2; sleep 0.1; done
  echo "STATE: -$1" >&2
}}
hold media-jam; hold cover-open
if ipptool -tv -d job="$IPP_JOB_ID" "$IPP_JOB_PRINTER_URI" "{folder}/job.test" | grep -qE 'canceled|stop-point'; then
  rm "$1"; exit 0
fi
pages=$(grep -aoE '/Type */Page($|[^s])' "$1" | wc -l)
mv "$1" "{folder}/tray/$(printf %06d "$IPP_JOB_ID").pdf"
echo "ATTR: job-impressions-completed=$pages" >&2
echo "ATTR: job-media-sheets-completed=$pages" >&2
"""
_JOB = """\
{{
  NAME "Is this job still wanted?"
  OPERATION Get-Job-Attributes
  GROUP operation-attributes-tag
  ATTR charset attributes-charset utf-8
  ATTR naturalLanguage attributes-natural-language en
  ATTR uri printer-uri $uri
  ATTR integer job-id $job
  DISPLAY job-state
  DISPLAY job-state-reasons
}}
"""
FILES: Final[Mapping[str, str]] = {
    "cupsd.conf": _CUPSD,
    "cups-files.conf": _CUPS_FILES,
    "bus.conf": _BUS,
    "print": _PRINT,
    "job.test": _JOB,
}
