# The story of an installed hub: the steps that container.sh and board.sh run on their machines. They define
#
#   inside COMMAND...   runs it on the machine, as root
#   url                 where the machine's port 80 is reached from here
#   seen                that address as the machine itself knows it
#   work                a folder here that is thrown away
#   slow                how much slower than a real board the machine is
#
# and put the packages $old and $new into the machine's /srv.

skip() {
  echo "package: skipped, since $*"
  [ -z "${COLAHUB_TEST_SKIPPED:-}" ] || echo "the package's stories: $*" >>"$COLAHUB_TEST_SKIPPED"
  exit 0
}
step() { printf 'package: %s\n' "$*"; }
die() {
  printf 'package: FAILED: %s\n' "$*" >&2
  inside journalctl -u colahub -n 30 --no-pager >&2 || true
  exit 1
}

# What shows that the machine gets on while something is waited for: its journal, which a package that is installed or
# a service that starts writes to, and the files in which this end keeps what others say.
progress() {
  inside journalctl -n 1 --output=export --output-fields=MESSAGE 2>/dev/null || true
  inside systemctl show -P MainPID -P SubState -P NRestarts colahub 2>/dev/null || true
  find "$work" -maxdepth 1 -type f -printf '%f %s\n' 2>/dev/null | sort || true
}

# until_true SECONDS WHAT COMMAND...: repeats the command until it succeeds. It gives up when nothing has changed on the
# machine for that long, and after five minutes in any case, since a service in a crash loop always changes something.
until_true() {
  local patience=$(($1 * slow)) what=$2 begun=$SECONDS since=$SECONDS seen='' now
  shift 2
  until "$@" >/dev/null 2>&1; do
    now=$(progress)
    [ "$now" = "$seen" ] || seen=$now since=$SECONDS
    [ $((SECONDS - since)) -le $patience ] || die "$what"
    [ $((SECONDS - begun)) -le $((${HANGS:-300} * slow)) ] || die "$what, though the machine goes on"
    sleep 0.1
  done
}

# says PATTERN COMMAND...: what the command says, all of which is read, has the pattern. A pipe into `grep -q` would not
# do: grep hangs up at the first match, and by pipefail a command that was still speaking has failed then.
says() {
  local pattern=$1 said
  shift
  said=$("$@") && grep -q -- "$pattern" <<<"$said"
}
# logged PATTERN: it stands in the journal, which gets to know of it a moment after it was said, also by a hub that has ended.
logged() { says "$1" inside journalctl -u colahub --no-pager; }

ready() { curl -fsS -m $((20 * slow)) "$url/readyz"; }
# Nobody answers there any more. A slow answer is one: curl's codes are for refused, and, through an emulated board's
# network, for closed without an answer.
gone() {
  local code=0
  curl -s -m $((20 * slow)) "$url/" >/dev/null || code=$?
  case $code in 7 | 52 | 56) ;; *) return 1 ;; esac
}
guest() { node tests/package/guest.mjs "$url" "$work/guest" "$@"; }
apt() {
  inside apt-get -q -y -o Dpkg::Options::=--force-confold "$@" >"$work/apt.log" 2>&1 || { cat "$work/apt.log"; die "apt-get $*"; }
}
main_pid() { inside systemctl show -P MainPID colahub; }
running() { [ "$(inside systemctl show -P SubState colahub)" = running ]; }
changed() { [ "$(main_pid)" != "$before" ] && ready; }

# two_packages ARCH BINARY: the package, and a next version of it that explains something more in its
# configuration, so that one edited by hand has something to stand against.
two_packages() {
  packaging/deb.sh "$1" "$2" "$work/debs" >/dev/null
  version=$(dpkg-deb -f "$work"/debs/*.deb Version)
  old=colahub_${version}_$1.deb new=colahub_$version+next_$1.deb
  DEB_VERSION=$version+next CONFIG_NOTE='# Something new.' packaging/deb.sh "$1" "$2" "$work/debs" >/dev/null
  lintian --fail-on error,warning "$work/debs/$old" 2>/dev/null || die "lintian is not content"
}

install_it() {
  step "install"
  apt install "/srv/$old"
  until_true 20 "port 80 does not answer after the installation" ready
  [ "$(inside systemctl is-enabled colahub)" = enabled ] || die "the service is not enabled"
  says "$seen" inside colahub status || die "colahub status does not say the address"
  inside sh -c 'test -S /run/colahub/control-*.sock && ! test -e /var/lib/colahub/control.sock' ||
    die "the control socket is not in the runtime directory"
  local asked
  asked=$(inside setpriv --reuid=nobody --regid=nogroup --clear-groups colahub status 2>&1) && die "a stranger may ask the hub"
  grep -q 'use sudo' <<<"$asked" || die "a stranger is told: $asked"
  told() { says "join at $seen" inside systemctl show -P StatusText colahub; }
  until_true 20 "systemd is not told how the hub is" told
  guest say "first words" || die "a Socket.IO client from outside cannot chat"
  fields() { says connected inside journalctl -u colahub EVENT=connected NAMESPACE=anonymous -o cat; }
  until_true 20 "the journal has no fields" fields
  logged 'first words' && die "the journal has what people said"
  exposure=$(inside systemd-analyze security --no-pager colahub | sed -n 's/.*Overall exposure level for [^:]*: \([0-9.]*\).*/\1/p')
  awk "BEGIN { exit !($exposure <= 1.3) }" || die "the unit's exposure is $exposure"
  measure
}

# measure: the memory of the hub that runs now, and how long it took from its start to being ready.
measure() {
  memory=$(inside sed -n 's/^VmRSS:[[:space:]]*//p' "/proc/$(main_pid)/status")
  local started ready
  started=$(inside systemctl show -P ExecMainStartTimestampMonotonic colahub)
  ready=$(inside systemctl show -P ActiveEnterTimestampMonotonic colahub)
  since_boot="$((ready / 1000)) ms" since_start="$(((ready - started) / 1000)) ms"
}

kill_and_stop_it() {
  step "killed, it comes back"
  before=$(main_pid)
  inside systemctl kill --kill-who=main --signal=KILL colahub
  until_true 20 "a killed hub does not come back" changed
  step "stopped, it comes back (the watchdog's 20 seconds)"
  before=$(main_pid)
  inside systemctl kill --kill-who=main --signal=STOP colahub
  until_true 60 "a stopped hub does not come back" changed
}

# reload_it: somebody is in the room all the while.
reload_it() {
  local config=/etc/colahub/config.toml staying
  before=$(main_pid)
  node tests/package/guest.mjs "$url" "$work/guest" stay >"$work/stays" 2>&1 &
  staying=$!
  until_true 20 "nobody gets in" grep -q joined "$work/stays"
  titled() { says Reloaded curl -fsS "$url/api/hub"; }

  step "reload: a new title is shown, and a setting that needs a restart is named"
  inside sed -i 's/^#title = .*/title = "Reloaded"/; s/^#backup.keep = .*/backup.keep = 9/' $config
  inside systemctl reload colahub || die "systemctl reload fails"
  until_true 20 "the new title is not shown" titled
  until_true 20 "nothing names the setting that needs a restart" logged 'need a restart.*backup.keep'
  until_true 20 "systemd does not know that the reload is over" running

  step "reload: a bad configuration fails it and changes nothing"
  inside sh -c "echo 'nmae = 1' >>$config"
  inside systemctl reload colahub 2>/dev/null && die "the reload of a bad configuration does not fail"
  until_true 20 "the journal does not say what is wrong" logged 'there is no setting .nmae'
  inside systemctl kill --kill-who=main --signal=HUP colahub
  until_true 20 "the hub does not say why it refuses" logged 'is not taken.*there is no setting .nmae'
  until_true 20 "a refused reload does not end" running
  titled || die "a bad configuration was taken in part"

  inside sed -i '/^nmae/d; s/^title = .*/#title = "cola"/; s/^backup.keep/#backup.keep/' $config
  inside systemctl reload colahub || die "a configuration that is good again is refused"
  [ "$(main_pid)" = "$before" ] || die "a reload started the hub again"
  [ "$(grep -c joined "$work/stays")" = 1 ] || die "a reload disconnected somebody"
  kill $staying
  wait $staying || true
}

# diagnose_it: check-config and doctor, run by root, say what keeps the service from running.
diagnose_it() {
  local config=/etc/colahub/config.toml state=/var/lib/colahub drop_in=/etc/systemd/system/colahub.service.d
  local stick=/mnt/stick/cola found
  loops() { [ "$(inside systemctl show -P SubState colahub)" = auto-restart ]; }
  starts() {
    inside systemctl daemon-reload
    inside systemctl start --no-block colahub
  }
  # diagnosed WORDS...: check-config fails and says each of these; so does doctor, whose answer is left in $found.
  diagnosed() {
    local words said
    said=$(inside colahub check-config 2>&1) && die "check-config says good: $said"
    found=$(inside colahub doctor 2>&1) && die "doctor says good: $found"
    for words; do
      grep -q "$words" <<<"$said" || die "check-config does not say '$words': $said"
      grep -q "^BAD.*$words\|→.*$words" <<<"$found" || die "doctor does not say '$words': $found"
    done
  }
  doctor_says() { grep -q "$1" <<<"$found" || die "doctor does not say '$1': $found"; }
  content() {
    local words
    inside colahub check-config >/dev/null || die "check-config finds a fault where there is none"
    found=$(inside colahub doctor 2>&1) || true
    for words in service port data config; do
      grep -q "^BAD *$words" <<<"$found" && die "doctor finds a fault where there is none: $found"
    done
    doctor_says 'good  service      it runs'
  }
  # drop_in LINES...: a drop-in of these lines, as `systemctl edit` makes it.
  drop_in() {
    inside mkdir -p $drop_in
    inside sh -c "printf '%s\n' \"\$@\" >$drop_in/override.conf" sh '[Service]' "$@"
    inside systemctl daemon-reload
  }

  step "diagnosis: nothing is said of a service that runs"
  content

  step "diagnosis: a configuration for root alone; a crash loop, whose port systemd holds"
  inside systemctl stop colahub
  inside chmod 600 $config
  starts
  until_true 20 "a hub that may not read its configuration does not end" loops
  diagnosed "for the service's user colahub, $config cannot be read"
  doctor_says "^BAD *service *it ends again and again.*, started again .*; its last error: $config cannot be read"
  doctor_says 'systemd holds port 80 for the service'
  grep -q 'another program' <<<"$found" && die "the hub's own port is taken for another program's: $found"
  inside systemctl stop colahub
  gone || die "a stopped loop still has its port"
  found=$(inside colahub doctor 2>&1) && die "doctor says good: $found"
  doctor_says 'note  service      it is stopped'
  doctor_says '80 is free'
  inside chmod 644 $config

  step "diagnosis: a database of root's"
  inside chown root:root $state/hub.sqlite3
  starts
  until_true 20 "a hub that may not read its database does not end" loops
  diagnosed "the service's user colahub may not use $state/hub.sqlite3 (it belongs to root, mode 0600)"
  doctor_says 'its last error: .*hub.sqlite3'
  inside systemctl stop colahub
  inside chown colahub:colahub $state/hub.sqlite3

  step "diagnosis: the data moved, without a drop-in and with it"
  inside install -d -o colahub -g colahub -m 0700 $stick
  inside sed -i "s|^#data_dir = .*|data_dir = \"$stick\"|" $config
  starts
  until_true 20 "a hub that may not write to its data folder does not end" loops
  diagnosed "systemd keeps the service from writing to $stick" "\"ReadWritePaths=$stick\""
  doctor_says "its last error: .*ReadWritePaths=$stick"
  found=$(inside setpriv --reuid=nobody --regid=nogroup --clear-groups colahub check-config 2>&1) &&
    die "check-config says good to an ordinary user: $found"
  doctor_says "\"ReadWritePaths=$stick\""
  found=$(inside colahub doctor --data-dir $stick --listen 127.0.0.1:8081 2>&1) || true
  grep -q 'ReadWritePaths\|service ' <<<"$found" && die "a hub run by hand is told of the unit: $found"
  inside systemctl stop colahub
  inside cp -a $state/hub.sqlite3 $state/identity.key $stick/
  starts
  until_true 20 "a hub that may only read its data does not start" running
  until_true 20 "a hub that may only read its data does not say why" logged "systemd may keep this service from $stick"
  diagnosed "\"ReadWritePaths=$stick\""
  inside systemctl stop colahub
  drop_in "ReadWritePaths=$stick/missing"
  diagnosed "$stick/missing is not there"
  inside mv $stick $stick.away
  drop_in ReadWritePaths=/mnt/stick
  diagnosed "$stick is not there, and the service's user colahub may not make it in /mnt/stick"
  inside mv $stick.away $stick
  drop_in "ReadWritePaths=$stick"
  starts
  until_true 20 "with the drop-in it does not start" ready
  content
  inside systemctl stop colahub
  inside sed -i "s|^data_dir = .*|#data_dir = \"$state\"|" $config
  inside rm -r $drop_in $stick

  step "diagnosis: a state directory that is a link, without a drop-in and with it"
  inside mv $state $stick
  inside ln -s $stick $state
  starts
  until_true 20 "systemd takes a link for a state directory" loops
  diagnosed "$state is a link" "\"StateDirectory=\" and \"ReadWritePaths=$stick\""
  # Of its two lines on it systemd may just have written the first.
  doctor_says 'its last error: .*\(STATE_DIRECTORY\|special execution directory\)'
  inside systemctl stop colahub
  drop_in StateDirectory= "ReadWritePaths=$stick"
  starts
  until_true 20 "with the drop-in it does not start" ready
  content
  says "first words" guest read || die "the data behind the link is not read"
  inside systemctl stop colahub
  inside rm -r $drop_in $state
  inside mv $stick $state
  inside rmdir /mnt/stick
  starts
  until_true 20 "as it was before, it does not start" ready
}

# upgrade_it MOST: nobody is refused, and nobody waits longer than that many milliseconds.
upgrade_it() {
  step "upgrade, with a configuration edited by hand and somebody in the room"
  inside sed -i 's/^#title = .*/title = "By hand"/' /etc/colahub/config.toml
  inside systemctl restart colahub
  until_true 20 "an edited configuration does not start" ready
  # Not by `guest`: the process to end is then a shell's child.
  node tests/package/guest.mjs "$url" "$work/guest" stay >"$work/stay" 2>&1 &
  local staying=$! prober refused
  until_true 20 "nobody gets in" grep -q joined "$work/stay"
  node tests/package/probe.mjs "$url" >"$work/probe" &
  prober=$!
  apt install "/srv/$new"
  until_true 20 "the upgraded hub does not answer" ready
  rejoined() { [ "$(grep -c joined "$work/stay")" -ge 2 ]; }
  until_true 30 "who was in the room does not come back" rejoined
  kill $prober $staying
  wait $prober $staying || true
  read -r refused outage <"$work/probe"
  [ "$refused" = 0 ] || die "$refused people were refused during the upgrade"
  [ "$outage" -le "$1" ] || die "the upgrade kept people waiting for $outage ms"
  says 'By hand' curl -fsS "$url/api/hub" || die "the upgrade lost the edited configuration"
  says "first words" guest read || die "the upgrade lost messages"
}

downgrade_it() {
  step "downgrade; a database from the future is refused with a sentence"
  apt install --allow-downgrades "/srv/$old"
  until_true 20 "the older version does not start" ready
  says "first words" guest read || die "the downgrade lost messages"
  inside systemctl stop colahub
  gone || die "a stopped hub still has its port"
  local database=/var/lib/colahub/hub.sqlite3
  inside cp $database /srv/saved
  # The schema's number stands at offset 60 of the file.
  inside sh -c "printf '\\0\\0\\0\\143' | dd of=$database bs=1 seek=60 conv=notrunc status=none"
  inside systemctl start colahub 2>/dev/null && die "a database from the future was taken"
  until_true 20 "there is no sentence about the newer database" logged 'newer colahub'
  inside systemctl stop colahub
  inside sh -c "cat /srv/saved >$database"
  inside systemctl start colahub
  until_true 20 "the way back does not work" ready
}

# wipe_it: the host wipes the event, first while the service runs and then while it is stopped. "first words" are said again.
wipe_it() {
  local state=/var/lib/colahub strangers
  # left TEXT: the data folder has it, in some file.
  left() { inside grep -rqaF -e "$1" $state; }
  # an_event TITLE: an event file with a room of this title is applied.
  an_event() {
    inside sh -c 'printf "[[rooms]]\ntitle = \"%s\"\n" "$1" >/srv/event.toml' sh "$1"
    inside colahub event apply /srv/event.toml >/dev/null || die "the event file is not applied"
    says "$1" curl -fsS "$url/chat/rooms" || die "the lobby has no room $1"
  }
  # wiped: nothing of the event is there any more, and the service may use all that is.
  wiped() {
    local words
    for words in "first words" "words to be wiped" "Old stage" "also wiped"; do
      left "$words" && die "after a wipe the data folder still has '$words': $(inside grep -rlaF -e "$words" $state)"
    done
    strangers=$(inside find $state ! -user colahub)
    [ -z "$strangers" ] || die "a wipe leaves what is not the service's: $strangers"
  }

  step "wipe, while the service runs"
  an_event "Old stage"
  guest say "words to be wiped" || die "nobody can chat before the wipe"
  left "first words" && left "Old stage" || die "there is nothing to be wiped"
  says 'Wiped at' inside colahub wipe --yes || die "the wipe prints no receipt"
  until_true 20 "a wiped hub does not answer" ready
  running || die "a wiped service does not run"
  wiped
  says "Old stage" curl -fsS "$url/chat/rooms" && die "the lobby has a room that was wiped"
  rm -f "$work/guest"
  guest say "also wiped" || die "nobody can chat after the wipe"

  step "wipe, while the service is stopped"
  inside systemctl stop colahub
  left "also wiped" || die "there is nothing to be wiped"
  inside colahub wipe --yes >/dev/null || die "a stopped hub cannot be wiped"
  wiped
  inside systemctl start colahub || die "a wiped service does not start"
  until_true 20 "a wiped service does not answer" ready

  step "a new event after it"
  an_event "New stage"
  rm -f "$work/guest"
  guest say "first words" || die "nobody can chat in the new event"
  says "also wiped" guest read && die "the new event has words of the old one"
  logged 'words to be wiped' && die "the journal has what people said"
  return 0
}

remove_and_purge_it() {
  step "remove keeps the data, purge removes it"
  apt remove colahub
  gone || die "a removed hub still answers"
  inside test -f /var/lib/colahub/hub.sqlite3 || die "remove took the data"
  inside grep -q 'By hand' /etc/colahub/config.toml || die "remove took the configuration"
  apt install "/srv/$old"
  until_true 20 "installed again, it does not answer" ready
  says "first words" guest read || die "what remove kept is not read"
  apt purge colahub
  local left
  left=$(inside find /etc /var /usr /run /tmp -iname '*colahub*' 2>/dev/null || true)
  [ -z "$left" ] || die "purge leaves $left"
  inside getent passwd colahub && die "purge leaves the user"
  left=$(inside systemctl --failed --no-legend --plain)
  [ -z "$left" ] || die "units failed: $left"
}
