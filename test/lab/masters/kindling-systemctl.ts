import { waitsWhereHeld } from '../runbooks/hosts.ts'

/**
 * A systemctl that shows units as systemd 252 does, keeps whether each is up, and writes down what is done to them. The unit of PostgreSQL
 * starts and stops the real one. A unit named in `refused` does not start.
 *
 * It knows drop-ins as systemd.unit documents them and systemd 252 was seen to treat them: of a unit and of its template, by their names in
 * order, as they were when they were read last. A start whose assertion does not hold fails; one whose condition does not hold is passed
 * over, and that is no failure; an empty assignment forgets those before it; what runs is not asked.
 *
 * `boot` is the lab's own: nothing runs, all drop-ins are read, and what is enabled starts.
 *
 * `etc` is what its host has at /etc/systemd/system.
 */
export function kindlingSystemctl(of: {
  readonly folder: string
  readonly etc: string
  readonly dataFolder: string
  readonly hasPostgres: boolean
}): string {
  const { folder, etc, dataFolder, hasPostgres } = of
  const pgCtl = `runuser -u postgres -- /usr/lib/postgresql/15/bin/pg_ctl -D '${dataFolder}' -w`
  return `#!/bin/sh
cd '${folder}' || exit 1
verb=$1; shift
dropins() {
  template=$(echo "$1" | sed 's/@[^.]*/@/')
  for file in read/"$template".d/*.conf read/"$1".d/*.conf; do
    [ -e "$file" ] && echo "\${file##*/} $file"
  done | sort | cut -d' ' -f2-
}
holds() {
  verdict=0
  lines=$(dropins "$2" | while read -r file; do cat "$file"; done | grep "^$1PathExists=")
  for line in $lines; do
    path=\${line#*=}
    case $path in
    '') verdict=0;;
    !*) if [ -e "\${path#!}" ]; then verdict=1; fi;;
    *) [ -e "$path" ] || verdict=1;;
    esac
  done
  return $verdict
}
begin() {
  case $2 in
  postgresql*) ${pgCtl} status >/dev/null 2>&1 && return 0;;
  *) [ "$(cat "$2")" != active ] || return 0;;
  esac
  holds Assert "$2" || { echo "Assertion failed on job for $2." >&2; return 1; }
  holds Condition "$2" || return 0
  case $2 in
  postgresql*) ${pgCtl} -l '${dataFolder}.log' start >/dev/null || return 1;;
  *) if grep -qx "$2" refused 2>/dev/null; then echo "Job for $2 failed." >&2; return 1; fi;;
  esac
  echo active >"$2"
  [ "$1" != boot ] || echo "boot $2" >>done.log
}
case $verb in
show)
  for unit in "$@"; do
    case $unit in
    -*) continue;;
    kindling@api.service|kindling@worker.service) enabled=enabled;;
    kindling@edge.service) enabled=disabled;;
    ${hasPostgres ? 'postgresql@lab.service) enabled=enabled;;' : ''}
    *) printf 'NRestarts=0\\nId=%s\\nLoadState=not-found\\nActiveState=inactive\\nSubState=dead\\nUnitFileState=\\nDropInPaths=\\n\\n' "$unit"; continue;;
    esac
    state=$(cat "$unit"); sub=running
    [ "$state" = active ] || sub=dead
    paths=$(dropins "$unit" | sed 's|^read|/etc/systemd/system|' | tr '\\n' ' ')
    printf 'NRestarts=0\\nId=%s\\nLoadState=loaded\\nActiveState=%s\\nSubState=%s\\nUnitFileState=%s\\nConsistsOf=\\nDropInPaths=%s\\n' "$unit" $state $sub $enabled "\${paths% }"
    printf 'InvocationID=%s\\nActiveEnterTimestamp=Fri 2026-11-20 01:00:00 UTC\\n\\n' "$(grep -c "$unit" done.log 2>/dev/null || echo 0)"
  done
  ;;
daemon-reload) rm -rf read && cp -r '${etc}' read || exit 1;;
start|stop|restart)
  status=0
  for unit in "$@"; do
    [ "$unit" = -- ] && continue
    echo "$verb $unit" >>done.log
    case $verb-$unit in
    stop-postgresql*) ${pgCtl} status >/dev/null && { ${pgCtl} -m fast stop >/dev/null || exit 1; }; echo inactive >"$unit";;
    stop-*) echo inactive >"$unit";;
    restart-*) echo inactive >"$unit"; begin $verb "$unit" || status=1;;
    start-*) begin $verb "$unit" || status=1;;
    esac
  done
  ${waitsWhereHeld(folder)}
  exit $status
  ;;
boot)
  rm -rf read && cp -r '${etc}' read || exit 1
  for unit in *.service; do echo inactive >"$unit"; done
  for unit in ${hasPostgres ? 'postgresql@lab.service ' : ''}kindling@api.service kindling@worker.service; do begin boot "$unit"; done
  ;;
esac
exit 0
`
}
