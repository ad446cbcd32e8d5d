import { useState } from 'react'
import { countOf } from '../../../shared/domain/size-words.ts'
import * as Icon from '../../ui/icons.tsx'
import { Keys } from '../../ui/keys.tsx'
import { Spotlight, useDebouncedValue } from '../../ui/kit.ts'
import { paletteStore } from '../../ui/palette.ts'
import { matching } from './items.ts'
import { useChoice } from './use-choice.ts'
import { usePaletteGroups } from './use-palette-groups.tsx'
import s from './palette.module.css'

/** Every place and every action by its name: clusters, backups, hashes, jobs. */
export function Palette() {
  const [isOpen, setOpen] = useState(false)
  const [query, setQuery] = useState('')
  return (
    <Spotlight.Root
      store={paletteStore}
      query={query}
      onQueryChange={setQuery}
      onSpotlightOpen={() => setOpen(true)}
      onSpotlightClose={() => setOpen(false)}
      shortcut="mod + K"
      tagsToIgnore={[]}
      scrollable
      lockScroll={false}
      maxHeight={520}
      radius="lg"
      size={720}
      classNames={{ content: s['content'] ?? '', body: s['body'] ?? '' }}
      transitionProps={{ duration: 90, transition: 'fade' }}
      overlayProps={{ color: 'var(--hf-scrim)', backgroundOpacity: 1 }}
    >
      {isOpen && <Contents query={query} />}
    </Spotlight.Root>
  )
}

function Contents({ query }: { readonly query: string }) {
  const [rested] = useDebouncedValue(query, 150)
  const { groups: all, unseen } = usePaletteGroups(rested, query)
  const groups = matching(all, query)
  const choice = useChoice(groups, query)
  return (
    <>
      <span ref={nameDialog} hidden />
      <Spotlight.Search
        {...choice}
        placeholder="Cluster, backup, hash, or what to do"
        aria-label="Cluster, backup, hash, or what to do"
        leftSection={<Icon.Search />}
        rightSection={<Keys of="Esc" />}
        leftSectionWidth={42}
        rightSectionWidth={52}
        classNames={{ input: s['input'] ?? '' }}
      />
      <Spotlight.ActionsList className={s['list'] ?? ''}>
        {groups.map(({ name, items }) => (
          <Spotlight.ActionsGroup key={name} label={name}>
            {items.map((item) => (
              <Spotlight.Action key={item.id} className={s['action'] ?? ''} onClick={item.run}>
                <span className={s['icon']}>{item.icon}</span>
                <span className={s['name']}>
                  <Marked text={item.name} query={query} />
                </span>
                {item.note !== undefined && <span className={s['note']}>{item.note}</span>}
                {item.keys !== undefined && <Keys of={item.keys} />}
              </Spotlight.Action>
            ))}
          </Spotlight.ActionsGroup>
        ))}
        {groups.length === 0 && (
          <Spotlight.Empty>
            Nothing has this name, or a hash that begins so.
            {unseen > 0 && ` ${countOf(unseen, 'cluster')} not looked at yet.`}
          </Spotlight.Empty>
        )}
      </Spotlight.ActionsList>
      <Spotlight.Footer className={s['foot'] ?? ''}>
        <span>
          <Keys of="↑ ↓" /> choose
        </span>
        <span>
          <Keys of="Enter" /> open
        </span>
        <span>… asks first</span>
      </Spotlight.Footer>
    </>
  )
}

/** The first word of the query, bold where it stands. */
function Marked({ text, query }: { readonly text: string; readonly query: string }) {
  const word = query.trim().split(/\s+/)[0] ?? ''
  const at = word === '' ? -1 : text.toLowerCase().indexOf(word.toLowerCase())
  if (at < 0) return text
  return (
    <>
      {text.slice(0, at)}
      <b>{text.slice(at, at + word.length)}</b>
      {text.slice(at + word.length)}
    </>
  )
}

/** The kit leaves its dialog without a name. */
function nameDialog(inside: HTMLElement | null): void {
  inside?.closest('[role="dialog"]')?.setAttribute('aria-label', 'Search or run a command')
}
