import { extractAll, listPackage } from '@electron/asar'
import { FuseState, getCurrentFuseWire, type FuseV1Options } from '@electron/fuses'
import { spawnSync } from 'node:child_process'
import {
  appendFileSync,
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { isBuiltin } from 'node:module'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { fuses } from '../../resources/package/fuses.ts'
import { cliFile, temporaryFolder } from './cli/run-cli.ts'

/** The packaging of the desktop application, on an archive that has what of Electron's is looked at. */

const root = join(cliFile, '../../..')
const folder = temporaryFolder()
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const { version }: { readonly version: string } = JSON.parse(
  readFileSync(join(root, 'node_modules/electron/package.json'), 'utf8'),
)

/** An archive with a program whose fuses are as `wire` says: 1 on, 0 off, behind the mark that Electron's program has them by. */
function makeElectron(name: string, wire: string): string {
  const archive = join(folder, name)
  mkdirSync(join(archive, 'files/resources'), { recursive: true })
  const program = join(archive, 'files/electron')
  writeFileSync(program, '#!/bin/sh\nexit 0\ndL7pKGdnNz796PbbjQWNKmHXBZaB9tsX')
  appendFileSync(program, Buffer.from([1, wire.length]))
  appendFileSync(program, wire)
  chmodSync(program, 0o755)
  for (const file of ['version', 'LICENSE', 'resources/default_app.asar']) {
    writeFileSync(join(archive, 'files', file), version)
  }
  const zipped = spawnSync(
    'python3',
    [
      '-m',
      'zipfile',
      '-c',
      `../electron-v${version}-linux-${process.arch}.zip`,
      ...readdirSync(join(archive, 'files')),
    ],
    { cwd: join(archive, 'files'), encoding: 'utf8' },
  )
  expect(zipped.stderr).toBe('')
  return archive
}

function makePackage(electron: string, out: string) {
  return spawnSync(
    process.execPath,
    [join(root, 'resources/package/make.ts'), '--electron', electron, '--out', out],
    { encoding: 'utf8' },
  )
}

test.skipIf(process.platform !== 'linux')(
  'A package has its fuses set, one archive that runs by itself, and the hashes of its files (skipped elsewhere: the archive is one of Linux)',
  async () => {
    const out = join(folder, 'dist')
    const made = makePackage(makeElectron('electron-now', '101100011'), out)
    expect(made.stderr).toBe('')
    const place = made.stdout.trim()
    expect(place).toBe(join(out, `holdfast-linux-${process.arch}`))

    const wire = await getCurrentFuseWire(join(place, 'holdfast'))
    const isOn = (fuse: FuseV1Options): boolean => wire[fuse] === FuseState.ENABLE
    expect(Array.from({ length: 9 }, (_, fuse) => isOn(fuse))).toEqual(
      Array.from({ length: 9 }, (_, fuse) => fuses[fuse as FuseV1Options]),
    )
    // As Electron's own list has them: to run as Node is the first, NODE_OPTIONS the third, an inspector the fourth.
    expect([0, 2, 3].map(isOn)).toEqual([false, false, false])
    expect([4, 5].map(isOn)).toEqual([true, true])

    const archive = join(place, 'resources/app.asar')
    const inside = new Set(listPackage(archive, { isPack: false }).map((path) => path.split('/')[1]))
    expect(inside).toEqual(new Set(['LICENSE', 'node_modules', 'out', 'package.json']))
    // What a native module is has to be a file for the system; nothing else is outside the archive.
    const unpacked = readdirSync(join(place, 'resources/app.asar.unpacked'), {
      recursive: true,
      withFileTypes: true,
    })
    const names = unpacked.filter((entry) => entry.isFile()).map((entry) => entry.name)
    expect(names.length).toBeGreaterThan(0)
    expect(names.filter((name) => !name.endsWith('.node'))).toEqual([])

    const checked = spawnSync('sha256sum', ['--check', '--strict', '--quiet', `${place}.sha256`], {
      cwd: out,
      encoding: 'utf8',
    })
    expect(checked).toMatchObject({ status: 0, stdout: '', stderr: '' })
    expect(readFileSync(`${place}.sha256`, 'utf8')).toContain(
      `  holdfast-linux-${process.arch}/resources/app.asar\n`,
    )

    // Taken out of the archive it needs nothing from outside: no package was left out that it is made of.
    const alone = join(folder, 'alone')
    extractAll(archive, alone)
    const needed = new Set(
      readdirSync(join(alone, 'out/main'), { recursive: true, encoding: 'utf8' })
        .filter((name) => name.endsWith('.js'))
        .flatMap((name) => [
          ...readFileSync(join(alone, 'out/main', name), 'utf8').matchAll(
            /(?:from|import|import\()\s*["']((?:@[\w-]+\/)?[a-z][\w-]*)(?:\/[\w./-]+)?["']/g,
          ),
        ])
        .map(([, name]) => name ?? ''),
    )
    const missing = [...needed].filter(
      (name) => !isBuiltin(name) && name !== 'electron' && !existsSync(join(alone, 'node_modules', name)),
    )
    expect(needed).toContain('@aws-sdk/client-s3')
    expect(missing).toEqual([])
    const report = join(folder, 'report.json')
    const ran = spawnSync(
      process.execPath,
      [
        '--import',
        join(import.meta.dirname, '../fakes/electron/program.ts'),
        join(alone, 'out/main/electron.js'),
      ],
      {
        encoding: 'utf8',
        env: { HOME: folder, HOLDFAST_STATE_DIR: join(folder, 'state'), STAND_IN_REPORT: report },
      },
    )
    expect(ran).toMatchObject({ status: 0, stderr: '' })
    expect(JSON.parse(readFileSync(report, 'utf8'))).toMatchObject({ clusters: [], missing: 404 })
  },
)

test.skipIf(process.platform !== 'linux')(
  'An Electron with a fuse that nobody has decided on is not packaged (skipped elsewhere: the archive is one of Linux)',
  () => {
    const made = makePackage(makeElectron('electron-later', '1011000111'), join(folder, 'later'))
    expect(made.status).not.toBe(0)
    expect(made.stderr).toMatch(/fuse/i)
  },
)
