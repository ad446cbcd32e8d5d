import { levels, levelWords } from '../../shared/domain/level.ts'
import { Keys, modKey } from '../ui/keys.tsx'
import { Modal } from '../ui/kit.ts'
import { Ladder, levelMeanings } from '../ui/ladder.tsx'
import { closeHelp, useHelpAsked } from './help-request.ts'
import s from './help-dialog.module.css'

const groups = [
  [
    'Everywhere',
    [
      [`${modKey} K`, 'Search or run a command'],
      [`${modKey} J`, 'Jobs'],
      ['?', 'These keys'],
      ['Esc', 'Close; leave a wizard and keep its draft'],
    ],
  ],
  [
    'Go to',
    [
      ['G F', 'Fleet'],
      ['G C', 'The worst cluster'],
      ['G P', 'Repositories'],
      ['G R', 'Runbooks'],
      ['G D', 'Drills'],
      ['G A', 'Activity'],
      ['G S', 'Settings'],
    ],
  ],
  [
    'Lists',
    [
      ['J K', 'Next, previous row'],
      ['↑ ↓', 'Next, previous row'],
      ['Enter', 'Open'],
      ['/', 'Filter'],
    ],
  ],
  [
    'Backups',
    [
      ['[ ]', 'Newer, older backup'],
      ['V', 'Verify'],
      ['B', 'Take a snapshot'],
      ['R', 'Restore'],
      ['M', 'Chain map'],
      ['Space', 'Unfold'],
      ['Y', 'Copy the id'],
    ],
  ],
] as const

export function HelpDialog() {
  return (
    <Modal opened={useHelpAsked()} onClose={closeHelp} title="Keys" size={620} centered>
      <div className={s['groups']}>
        {groups.map(([name, keys]) => (
          <section key={name}>
            <h3>{name}</h3>
            <dl>
              {keys.map(([key, does]) => (
                <div key={key}>
                  <dt>
                    <Keys of={key} />
                  </dt>
                  <dd>{does}</dd>
                </div>
              ))}
            </dl>
          </section>
        ))}
      </div>
      <p className={s['note']}>
        Single letters do nothing in fields, and can be switched off in the settings.
      </p>
      <section className={s['levels']}>
        <h3>How far a backup is proved</h3>
        <dl>
          {levels.map((level) => (
            <div key={level}>
              <dt>
                <Ladder reached={level} word={false} />
                <span aria-hidden="true">{levelWords[level]}</span>
              </dt>
              <dd>{levelMeanings[level]}</dd>
            </div>
          ))}
        </dl>
      </section>
    </Modal>
  )
}
