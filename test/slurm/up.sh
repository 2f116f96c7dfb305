#!/usr/bin/env bash
# A real Slurm of one node on this machine, for tests: test/slurm/up.sh [up|down|status]
# Needs root and Debian's packages slurm-wlm and munge. All files lie in /run/eciton-slurm and /run/munge; "up" changes
# nothing where that Slurm already runs, "down" ends what "up" started. A Slurm that this script did not start is left alone.
set -euo pipefail

state=/run/eciton-slurm
conf=$state/slurm.conf
host=$(hostname -s)
export SLURM_CONF=$conf

fail() {
  echo "$1" >&2
  exit 1
}

# The process of a pid file, if it lives and is what it should be.
alive() {
  # One that was killed may still be listed, as a zombie.
  [ -s "$state/$1.pid" ] && awk -v name="($1)" '{ exit !($2 == name && $3 != "Z") }' "/proc/$(cat "$state/$1.pid")/stat" 2>/dev/null
}

node_state() {
  sinfo --noheader --format=%T 2>/dev/null || true
}

down() {
  for daemon in slurmctld slurmd munged; do
    if alive $daemon; then
      pid=$(cat $state/$daemon.pid)
      kill "$pid"
      for _ in $(seq 200); do
        alive $daemon || break
        sleep 0.05
      done
      echo "stopped $daemon ($pid)"
    fi
  done
  rm -rf $state
}

start_munge() {
  # Another munged, a system service say, serves as well.
  if munge --no-input >/dev/null 2>&1; then
    return
  fi
  [ -s /etc/munge/munge.key ] || fail "there is no /etc/munge/munge.key; installing the package munge makes one"
  install -d -o munge -g munge -m 755 /run/munge
  install -d -o munge -g munge -m 700 $state/munge
  runuser -u munge -- /usr/sbin/munged --force --pid-file=$state/munge/munged.pid --log-file=$state/munge/munged.log \
    --seed-file=$state/munge/seed
  for _ in $(seq 100); do
    munge --no-input >/dev/null 2>&1 && break
    sleep 0.05
  done
  cp $state/munge/munged.pid $state/munged.pid
  echo "started munged"
}

write_conf() {
  local cpus memory
  # Tests mostly wait, so a small machine may say that it has more cores than it has.
  cpus=$(($(nproc) > 4 ? $(nproc) : 4))
  memory=$(awk '/MemTotal/ { print int($2 / 1024 * 0.9) }' /proc/meminfo)
  cat >$conf <<CONF
ClusterName=eciton
SlurmctldHost=$host(127.0.0.1)
SlurmctldPort=16817
SlurmdPort=16818
SlurmUser=root
SlurmdUser=root
AuthType=auth/munge
StateSaveLocation=$state/ctld
SlurmdSpoolDir=$state/spool
SlurmctldPidFile=$state/slurmctld.pid
SlurmdPidFile=$state/slurmd.pid
SlurmctldLogFile=$state/slurmctld.log
SlurmdLogFile=$state/slurmd.log
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
SchedulerType=sched/backfill
SchedulerParameters=batch_sched_delay=0,sched_interval=1,sched_min_interval=0,bf_interval=1
SelectType=select/cons_tres
SelectTypeParameters=CR_Core
JobAcctGatherType=jobacct_gather/none
AccountingStorageType=accounting_storage/none
JobCompType=jobcomp/none
MpiDefault=none
SwitchType=switch/none
ReturnToService=2
SlurmctldTimeout=30
SlurmdTimeout=30
MessageTimeout=3
KillWait=10
MaxArraySize=6
JobRequeue=1
SlurmdParameters=config_overrides
NodeName=$host NodeAddr=127.0.0.1 CPUs=$cpus Boards=1 SocketsPerBoard=1 CoresPerSocket=$cpus ThreadsPerCore=1 RealMemory=$memory
PartitionName=ci Nodes=$host Default=YES MaxTime=INFINITE State=UP
CONF
}

up() {
  [ "$(id -u)" = 0 ] || fail "this needs root"
  for program in munged slurmctld slurmd sbatch; do
    PATH=$PATH:/usr/sbin command -v $program >/dev/null || fail "$program is not installed (Debian: slurm-wlm munge)"
  done
  mkdir -p $state/ctld $state/spool
  start_munge
  alive slurmctld || alive slurmd || write_conf
  if ! alive slurmctld; then
    /usr/sbin/slurmctld -f $conf
    echo "started slurmctld"
  fi
  if ! alive slurmd; then
    /usr/sbin/slurmd -f $conf
    echo "started slurmd"
  fi
  for i in $(seq 200); do
    case "$(node_state)" in
      idle | mixed | allocated | completing)
        echo "Slurm is up: node $host, export SLURM_CONF=$conf"
        return
        ;;
      down* | drain*)
        # A controller that was killed can leave the node drained.
        scontrol update nodename="$host" state=resume 2>/dev/null || true
        ;;
    esac
    sleep 0.1
  done
  fail "the node did not become idle within 20 s ($(node_state)); see $state/*.log"
}

case "${1:-up}" in
  up) up ;;
  down) down ;;
  status) sinfo ;;
  *) fail "usage: test/slurm/up.sh [up|down|status]" ;;
esac
