import { useEffect, useState, type RefObject } from 'react'

/** The inner size of an element in whole pixels, as it changes. */
export function useRoom(place: RefObject<HTMLElement | null>): {
  readonly width: number
  readonly height: number
} {
  const [room, setRoom] = useState({ width: 0, height: 0 })
  useEffect(() => {
    const element = place.current
    if (element === null) return
    const sizes = new ResizeObserver(([entry]) => {
      if (entry === undefined) return
      const { width, height } = entry.contentRect
      setRoom({ width: Math.floor(width), height: Math.floor(height) })
    })
    sizes.observe(element)
    return () => sizes.disconnect()
  }, [place])
  return room
}
