import { expect, test } from 'vitest'
import { databaseDriller } from '../../../../../../src/main/systems/kindling/drill/drill-database.ts'
import { serverOptions } from '../../../../../../src/main/systems/kindling/drill/trial-server.ts'
import { trialConnection, trialOf } from '../../../../../../src/main/systems/kindling/drill/trial-site.ts'
import { trialArguments } from '../../../../../../src/main/systems/kindling/drill/trial-tool.ts'
import { readConnection } from '../../../../../../src/main/systems/kindling/live/connection.ts'

const config = readConnection({
  hosts: ['admin@kindling-1:2222', 'admin@kindling-2'],
  databaseHost: 'admin@db-1',
  stanza: 'kindling',
  toolConfig: '/etc/pgbackrest/own.conf',
  postgres: 'service=live host=10.0.0.5 hostaddr=10.0.0.5 port=5433 user=app dbname=kindling',
  dataFolder: '/var/lib/postgresql/15/main',
})
const trial = trialOf(config, { id: '00112233445566778899aabb', address: 'spare-1', above: '/srv/drills/' })

test('The folder of a trial is plain, short enough for a socket, and named by its drill', () => {
  expect(trial.dir).toBe('/srv/drills/holdfast-drill-66778899aabb')
  for (const above of ['', '/', 'relative', '/srv/a b', "/srv/'", '/srv/../etc', `/${'long/'.repeat(20)}x`]) {
    expect(() => trialOf(config, { id: 'a', address: 'spare-1', above })).toThrow('is no folder for a drill')
  }
  const odd = { ...config, toolConfig: "/etc/it's.conf" }
  expect(() => trialOf(odd, { id: 'a', address: 'spare-1', above: '/srv' })).toThrow('configuration')
})

test('psql reaches the socket of the trial alone, whatever the connection of the cluster says', () => {
  expect(trialConnection({ config }, trial)).toBe(`dbname=kindling host=${trial.dir}/run port=5432`)
  const asUrl = { ...config, postgres: 'postgres://app@10.0.0.5:5433/kindling?sslmode=require' }
  expect(trialConnection({ config: asUrl }, trial)).toBe(`dbname=kindling host=${trial.dir}/run port=5432`)
})

test('pgBackRest writes into the trial alone: data, tablespaces, lock and log, and what it restores archives nothing', () => {
  const args = trialArguments(config, trial, { label: '20261101-020000F', reach: 'all' })
  for (const arg of [
    `--pg1-path=${trial.dir}/data`,
    `--lock-path=${trial.dir}/lock`,
    `--log-path=${trial.dir}/log`,
    `--tablespace-map-all=${trial.dir}/tablespaces`,
    '--reset-tablespace-map',
    '--no-link-all',
    '--reset-link-map',
    '--archive-mode=off',
    '--no-delta',
    '--type=default',
  ]) {
    expect(args).toContain(arg)
  }
  const [getWal = ''] = args.filter((arg) => arg.startsWith('--recovery-option=restore_command='))
  expect(getWal).toContain(`--config=/etc/pgbackrest/own.conf --pg1-path=${trial.dir}/data`)
  expect(getWal).toMatch(/--no-archive-async archive-get %f "%p"$/)
  expect(trialArguments(config, trial, { label: '20261101-020000F', reach: 'itself' })).toContain(
    '--type=immediate',
  )
})

test('The server of a trial listens nowhere, archives nothing, follows nobody, loads nothing and runs nothing', () => {
  const options = new Map(serverOptions(trial))
  for (const name of [
    'listen_addresses',
    'archive_command',
    'archive_cleanup_command',
    'recovery_end_command',
    'primary_conninfo',
    'shared_preload_libraries',
    'external_pid_file',
  ]) {
    expect(options.get(name), name).toBe('')
  }
  expect(options.get('archive_mode')).toBe('off')
  expect(options.get('max_logical_replication_workers')).toBe('0')
  expect(options.get('unix_socket_directories')).toBe(`${trial.dir}/run`)
})

test('A host serves the cluster whatever user and port it is reached by', () => {
  const driller = databaseDriller(config)
  expect(driller.usualHost).toBe('admin@db-1')
  expect(['root@DB-1', 'kindling-1:22', 'kindling-2', 'spare-1'].map((host) => driller.serves(host))).toEqual(
    [true, true, true, false],
  )
})
