#!/bin/bash
# A one-node Ceph with an S3 gateway, in memory and on loopback, for as long as standard input stays open.
#   rgw.sh FOLDER S3_PORT MON_PORT ACCESS_KEY SECRET_KEY
# Prints "ready" once the gateway answers for the user of these keys. When the starter ends or dies, its end of the
# pipe closes, and the daemons and the folder go away. The daemons also die with this script (pdeathsig).
set -euo pipefail
folder=$1 s3_port=$2 mon_port=$3 access_key=$4 secret_key=$5
conf=$folder/ceph.conf
ring=$folder/keyring

finish() {
  trap - EXIT
  # Nobody may be left to read what the shell says of its jobs; a broken pipe would end it before the folder is gone.
  exec >/dev/null 2>&1
  local pids
  pids=$(jobs -p)
  # Nothing in memory is worth an orderly end.
  [[ -z $pids ]] || kill -KILL $pids 2>/dev/null || true
  wait || true
  rm -rf "$folder"
}
trap finish EXIT
trap 'exit 1' TERM INT HUP

daemon() {
  local name=$1
  shift
  setpriv --pdeathsig KILL "$@" -c "$conf" -f </dev/null >"$folder/$name.out" 2>&1 &
}

# until_true SECONDS COMMAND…: asks again until the command succeeds.
until_true() {
  local end=$((SECONDS + $1))
  shift
  until "$@" >/dev/null 2>&1; do
    if ((SECONDS >= end)); then
      echo "gave up waiting for: $*" >&2
      tail -n 5 "$folder"/*.out >&2 || true
      exit 1
    fi
    sleep 0.1
  done
}

# What a starter left that was killed together with its script.
for other in "${folder%/*}"/hf-rgw-*; do
  if [[ -s $other/keeper.pid ]] && ! kill -0 "$(<"$other/keeper.pid")" 2>/dev/null; then rm -rf "$other"; fi
done
mkdir -p "$folder"/{mon,osd,mgr,rgw}
echo $$ >"$folder/keeper.pid"
fsid=$(cat /proc/sys/kernel/random/uuid)
cat >"$conf" <<CONF
[global]
fsid = $fsid
mon_host = v2:127.0.0.1:$mon_port/0
mon_initial_members = a
public_addr = 127.0.0.1
cluster_addr = 127.0.0.1
auth_cluster_required = cephx
auth_service_required = cephx
auth_client_required = cephx
keyring = $ring
# No admin sockets: their paths are limited to 107 bytes, and nobody asks them.
admin_socket =
run_dir = $folder
pid_file =
log_file =
log_to_stderr = true
mon_data = $folder/mon
osd_data = $folder/osd
mgr_data = $folder/mgr
mon_allow_pool_size_one = true
mon_data_avail_warn = 1
mon_data_avail_crit = 1
# One copy of everything, on one OSD that keeps it in memory.
osd_pool_default_size = 1
osd_pool_default_min_size = 1
osd_crush_chooseleaf_type = 0
osd_pool_default_pg_num = 8
osd_pool_default_pgp_num = 8
osd_objectstore = memstore
memstore_device_bytes = 4294967296
osd_memory_target = 939524096
[client.rgw.a]
rgw_data = $folder/rgw
rgw_frontends = beast endpoint=127.0.0.1:$s3_port
rgw_thread_pool_size = 32
CONF

ceph-authtool --create-keyring "$ring" --gen-key -n mon. --cap mon 'allow *' >/dev/null
ceph-authtool "$ring" --gen-key -n client.admin --cap mon 'allow *' --cap osd 'allow *' --cap mgr 'allow *'
ceph-authtool "$ring" --gen-key -n mgr.a --cap mon 'allow profile mgr' --cap osd 'allow *'
ceph-authtool "$ring" --gen-key -n client.rgw.a --cap mon 'allow rw' --cap osd 'allow rwx'
monmaptool --create --fsid "$fsid" --addv a "[v2:127.0.0.1:$mon_port]" "$folder/monmap" >/dev/null
ceph-mon -c "$conf" --mkfs -i a --monmap "$folder/monmap" --keyring "$ring" >"$folder/mkfs.out" 2>&1
daemon mon ceph-mon -i a
until_true 30 ceph -c "$conf" --connect-timeout 5 mon stat

# The OSD takes part under a key that the monitor is told beforehand.
osd_uuid=$(cat /proc/sys/kernel/random/uuid)
osd_key=$(ceph-authtool --gen-print-key)
osd_id=$(ceph -c "$conf" osd new "$osd_uuid" -i - <<<"{\"cephx_secret\":\"$osd_key\"}")
ceph-authtool "$ring" -n "osd.$osd_id" --add-key "$osd_key" >/dev/null
ceph-osd -c "$conf" -i "$osd_id" --mkfs --osd-uuid "$osd_uuid" >>"$folder/mkfs.out" 2>&1
daemon osd ceph-osd -i "$osd_id"
daemon mgr ceph-mgr -i a
daemon rgw radosgw -n client.rgw.a
until_true 120 curl -sf "http://127.0.0.1:$s3_port/"
radosgw-admin -c "$conf" -n client.rgw.a user create --uid=lab --display-name=lab \
  --access-key="$access_key" --secret-key="$secret_key" >"$folder/user.out" 2>&1
echo ready
# Until the starter closes the pipe or dies; in the background, so that signals are heard meanwhile.
cat <&0 >/dev/null &
wait $!
