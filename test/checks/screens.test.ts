import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { overlays, pages, parts } from '../e2e/screens.ts'

const root = join(import.meta.dirname, '../..')
const window = join(root, 'src/renderer')

const read = (folder: string, pattern: string): ReadonlyMap<string, string> =>
  new Map(globSync(pattern, { cwd: folder }).map((file) => [file, readFileSync(join(folder, file), 'utf8')]))

const sorted = (names: Iterable<string>): readonly string[] => [...new Set(names)].toSorted()

/** The address of every route that shows something. */
function routes(): readonly string[] {
  const sources = [...read(window, 'areas/*/{routes,cluster-route}.tsx').values()]
  const made = sources.flatMap((source) => source.split('createRoute({').slice(1))
  return made.flatMap((route) => {
    const path = /^\s*getParentRoute: \(\) => (\w+),\s*path: '([^']+)',/.exec(route)
    if (path?.[1] === undefined || path[2] === undefined) throw new Error(`What is this route? ${route}`)
    if (!/\bcomponent: /.test(route) || path[2] === '/clusters/$id') return []
    return [`${path[1] === 'clusterRoute' ? '/clusters/$id' : ''}${path[2]}`]
  })
}

const sources = read(window, '{app,areas,wizards}/**/*.tsx')
const opensAbove = /<(Modal|Menu|Popover|Spotlight\.Root|Drawer|HoverCard)\b/
const isPart = /-(question|pane|panel|screen|tab|view|form|page|plan|step)\.tsx$/

test('Every page has a screen that axe reads', () => {
  expect(routes().length).toBeGreaterThan(20)
  expect(sorted(Object.keys(pages))).toEqual(sorted(routes()))
})

test('Everything that is opened above a page has a screen that axe reads', () => {
  const all = [...sources, ...read(window, 'ui/copy-table.tsx')]
  const found = all.filter(([, source]) => opensAbove.test(source)).map(([file]) => file)
  expect(found.length).toBeGreaterThan(30)
  expect(sorted(Object.keys(overlays))).toEqual(sorted(found))
})

test('Every form, tab, step and other part of a page has a screen that axe reads', () => {
  const found = [...sources.keys()].filter((file) => isPart.test(file))
  const named = new Set([...Object.keys(parts), ...Object.keys(overlays)])
  expect(found.length).toBeGreaterThan(25)
  expect(sorted(found.filter((file) => !named.has(file)))).toEqual([])
  expect(sorted(Object.keys(parts).filter((file) => !sources.has(file)))).toEqual([])
})

test('Every screen that is named is one of a walk', () => {
  const walks = [...read(join(root, 'test/e2e'), 'walk{s,-*}.ts').values()].join('\n')
  const named = sorted([pages, overlays, parts].flatMap((table) => Object.values(table).flat()))
  expect(named.filter((screen) => !walks.includes(`'${screen}'`))).toEqual([])
})
