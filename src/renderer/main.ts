import { connect } from './lib/connect.ts'

// Asked for before the rest of the page is even read: the console writes a session down before it answers.
const connecting = connect()
connecting.catch(() => undefined)
const { show } = await import('./app/show.tsx')
await show(connecting)
