import { expect, test } from 'vitest'
import { createPortDesk } from '../../../../src/main/electron/hand-out-port.ts'

function stage() {
  const given: string[] = []
  const closed: string[] = []
  const refused: string[] = []
  let made = 0
  const frame = (url: string) => ({
    url,
    postMessage: (channel: string, _message: unknown, ports: string[]) =>
      void given.push(`${channel} ${ports.join()}`),
  })
  const main = frame('app://holdfast/')
  const desk = createPortDesk({
    contentsId: 7,
    mainFrame: () => main,
    openChannel: () => {
      made += 1
      const name = `port ${made}`
      return { main: { close: () => void closed.push(name) }, page: name }
    },
    onRefused: (reason) => void refused.push(reason),
  })
  return { desk, frame, main, given, closed, refused }
}

test('A load of our page gets one port', () => {
  const { desk, main, given, refused } = stage()
  desk.ask({ sender: { id: 7 }, senderFrame: main })
  desk.ask({ sender: { id: 7 }, senderFrame: main })
  expect(given).toEqual(['holdfast.port port 1'])
  expect(refused).toEqual(['this load has a port already'])
})

test('A new load gets another one, and the one before it is closed', () => {
  const { desk, main, given, closed } = stage()
  desk.newLoad()
  desk.ask({ sender: { id: 7 }, senderFrame: main })
  desk.newLoad()
  desk.ask({ sender: { id: 7 }, senderFrame: main })
  expect(given).toEqual(['holdfast.port port 1', 'holdfast.port port 2'])
  expect(closed).toEqual(['port 1'])
})

test('A frame in the page, another window, another address and a frame that is gone get nothing', () => {
  const { desk, frame, main, given, refused } = stage()
  desk.ask({ sender: { id: 7 }, senderFrame: frame('app://holdfast/') })
  desk.ask({ sender: { id: 8 }, senderFrame: main })
  desk.ask({ sender: { id: 7 }, senderFrame: null })
  for (const url of ['https://evil.example/', 'app://evil/', 'file:///index.html', '']) {
    main.url = url
    desk.ask({ sender: { id: 7 }, senderFrame: main })
  }
  expect(given).toEqual([])
  expect(refused).toEqual([
    'it is not the main frame',
    'it is another window',
    'it is not the main frame',
    ...Array.from({ length: 4 }, () => 'it is not our page'),
  ])
})
