import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'

const root = join(import.meta.dirname, '../../../..')

/** Options that switch a protection off; no source has a reason to name one. */
const banned = [
  'webSecurity',
  'allowRunningInsecureContent',
  'experimentalFeatures',
  'enableBlinkFeatures',
  'rejectUnauthorized: false',
  'unsafe-inline',
  'unsafe-eval',
  'ignore-certificate-errors',
  // What it writes has the memory of the process in it.
  'crashReporter',
]

test('No source names an option that switches a protection off', () => {
  const found: string[] = []
  const files = readdirSync(join(root, 'src'), { recursive: true, withFileTypes: true })
  for (const file of files.filter((entry) => entry.isFile())) {
    const text = readFileSync(join(file.parentPath, file.name), 'utf8')
    for (const word of banned) if (text.includes(word)) found.push(`${file.name}: ${word}`)
  }
  expect(files.length).toBeGreaterThan(200)
  expect(found).toEqual([])
})

test('Both programs keep their memory out of what a crash leaves, before they have anything in it', () => {
  for (const name of ['cli.ts', 'electron.ts']) {
    const source = readFileSync(join(root, 'src/main/hosts', name), 'utf8')
    const [first] = source.split('\n').filter((line) => /^[a-z]\w*\(/i.test(line))
    expect([name, first]).toEqual([name, 'keepOutOfDumps()'])
  }
})

test('The preload is one file that needs only Electron and hands over one function', () => {
  const folder = join(root, 'out/preload')
  // Where nothing is built the source stands for it.
  if (existsSync(folder)) expect(readdirSync(folder)).toEqual(['index.cjs'])
  const source = readFileSync(
    existsSync(folder) ? join(folder, 'index.cjs') : join(root, 'src/preload/index.ts'),
    'utf8',
  )
  const needed = [...source.matchAll(/(?:require\(|from )["']([^"']+)["']/g)].map(([, name]) => name)
  expect(needed).toEqual(['electron'])
  const exposed = [...source.matchAll(/exposeInMainWorld\(\s*["'](\w+)["'],\s*\{\s*(\w+):/g)]
  expect(exposed.map(([, name, key]) => [name, key])).toEqual([['holdfast', 'askForPort']])
  expect(source.split('\n').length).toBeLessThan(20)
})
