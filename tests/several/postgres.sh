#!/usr/bin/env bash
# Runs a separate PostgreSQL with Debian's programs, which listens on a Unix socket only.
#
#   postgres.sh hold [KEY=VALUE ...]   makes one in a folder of its own and starts it; prints the folder, and when
#                                      standard input ends, stops it and removes the folder
#   postgres.sh make FOLDER [KEY=VALUE ...]
#   postgres.sh up FOLDER              starts it and waits until it answers
#   postgres.sh crash FOLDER           what was not flushed is gone
#   postgres.sh stop FOLDER
#   postgres.sh standby FOLDER NEW     makes a standby of it in a new folder and starts that
#   postgres.sh promote FOLDER         makes a standby the primary
#   postgres.sh sql FOLDER DATABASE    runs SQL from standard input
#
# Exits with 3 if PostgreSQL is not installed. As root it runs as the user `postgres`, since the server refuses root.
set -euo pipefail

programs=$(ls -d /usr/lib/postgresql/*/bin 2>/dev/null | sort -V | tail -1)
[ -n "$programs" ] && [ -x "$programs/initdb" ] || exit 3

as_server() {
  if [ "$(id -u)" = 0 ]; then
    (cd / && setpriv --reuid=postgres --regid=postgres --clear-groups -- "$@")
  else
    "$@"
  fi
}

control() { as_server "$programs/pg_ctl" --silent --wait --timeout=600 -D "$1/data" "${@:2}" >/dev/null; }

make() {
  local folder=$1
  shift
  as_server "$programs/initdb" --auth=trust --encoding=UTF8 --locale=C.UTF-8 --no-sync --username=postgres -D "$folder/data" >/dev/null
  {
    # A path of 107 bytes at most: so the socket may have a folder elsewhere.
    printf "listen_addresses = ''\nunix_socket_directories = '%s'\n" "${SOCKET_FOLDER:-$folder}"
    for setting; do printf "%s = '%s'\n" "${setting%%=*}" "${setting#*=}"; done
  } | as_server tee -a "$folder/data/postgresql.conf" >/dev/null
}

up() { control "$1" --log="$1/log" start; }

case ${1:-} in
hold)
  shift
  folder=$(as_server mktemp --directory /tmp/colahub-postgres-XXXXXX)
  end() {
    control "$folder/standby" --mode=immediate stop 2>/dev/null || true
    control "$folder" --mode=immediate stop 2>/dev/null || true
    as_server rm -rf "$folder"
  }
  trap end EXIT
  # It ends with its standard input; Ctrl-C is handled by the process at the other end.
  trap '' INT
  make "$folder" "$@"
  up "$folder"
  echo "$folder"
  cat >/dev/null
  ;;
make) make "${@:2}" ;;
up) up "$2" ;;
crash) control "$2" --mode=immediate stop ;;
standby)
  as_server mkdir -p "$3"
  as_server "$programs/pg_basebackup" --write-recovery-conf --checkpoint=fast --no-sync --username=postgres --host="$2" -D "$3/data"
  printf "unix_socket_directories = '%s'\n" "$3" | as_server tee -a "$3/data/postgresql.conf" >/dev/null
  up "$3"
  ;;
promote) control "$2" promote ;;
stop) control "$2" --mode=fast stop ;;
sql) "$programs/psql" -X -q -A -t -v ON_ERROR_STOP=1 -U postgres -h "${SOCKET_FOLDER:-$2}" -d "$3" ;;
*)
  sed -n '2,15s/^# \?//p' "$0" >&2
  exit 2
  ;;
esac
